#!/bin/sh
echo 'just text'
