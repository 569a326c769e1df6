#!/bin/sh
printf 'Content-Type: text/plain\n\n'
head -c 3000000 /dev/zero | tr '\0' x
