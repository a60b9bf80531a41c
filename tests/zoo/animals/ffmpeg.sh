#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: FFmpeg: sound and pictures made, coded and decoded by threads
# packages: ffmpeg
ffmpeg -v error -f lavfi -i testsrc=size=320x240:rate=10 -f lavfi -i sine=440 -t 3 -c:v libx264 -threads 2 -c:a aac -y a.mkv </dev/null
ffprobe -v error -show_entries stream=codec_name,width -of csv a.mkv
ffmpeg -v error -i a.mkv -f framemd5 - </dev/null | grep -vc '^#'
