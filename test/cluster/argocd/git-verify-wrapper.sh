#!/bin/sh
# The image of Argo CD has a program of this name, which is run for every commit, signed or not.
git verify-commit "$1" 2>&1 || true
