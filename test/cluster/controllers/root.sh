#!/bin/sh
# root.sh <root> <writable folder>… -- <mount point>… -- <command>…
# Runs a command in a root file system of its own: that of this machine, read-only but for some folders, with further
# empty folders at the mount points. Needs a mount namespace in which it may mount.
set -eu
root=$1
shift
mount -t tmpfs tmpfs "$root"
for each in /*; do
  if [ -L "$each" ]; then
    cp -P "$each" "$root$each"
  elif [ -d "$each" ]; then
    mkdir "$root$each"
    mount --rbind "$each" "$root$each"
    case $each in
      /proc | /sys | /dev) ;;
      # What is mounted with these flags must keep them.
      *) mount -o remount,bind,ro "$root$each" 2>&- || mount -o remount,bind,ro,nosuid,nodev "$root$each" ;;
    esac
  fi
done
while [ "$1" != -- ]; do
  mount --bind "$1" "$root$1"
  shift
done
shift
while [ "$1" != -- ]; do
  mkdir -p "$root$1"
  shift
done
shift
mount -o remount,ro "$root"
exec chroot "$root" "$@"
