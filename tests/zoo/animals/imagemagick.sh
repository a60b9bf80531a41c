#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: ImageMagick: OpenMP, filters, formats
# packages: imagemagick
convert -size 300x200 gradient:red-blue -rotate 30 -blur 0x3 -resize 50% a.png
identify -format '%wx%h %[colorspace]\n' a.png
convert a.png -quality 80 a.jpg && convert a.jpg \( a.png -flip \) -append b.gif && identify -format '%m %wx%h\n' b.gif
convert none.png x.png 2>&1 | sed 's/@.*//'
