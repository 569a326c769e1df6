#!/bin/sh
printf 'Location: /env.sh/moved?from=local\n\n'
