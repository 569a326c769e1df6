#!/bin/sh
sleep 1000 & echo "child $!" >&2
wait
