#!/bin/sh
printf 'Location: /round.sh\n\n'
