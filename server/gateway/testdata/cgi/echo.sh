#!/bin/sh
printf 'Content-Type: application/octet-stream\r\nContent-Length: %s\r\n\r\n' "$CONTENT_LENGTH"
exec cat
