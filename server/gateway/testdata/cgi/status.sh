#!/bin/sh
printf 'Status: 404 Not Here\nX-A: b\nX-A: c\n\nnot here\n'
