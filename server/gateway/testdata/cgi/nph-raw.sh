#!/bin/sh
printf 'HTTP/1.1 203 Whatever\r\nContent-Type: text/plain\r\n\r\nraw\n'
