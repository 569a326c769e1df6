#!/bin/sh
printf 'Location: http://example.org/\n\n'
