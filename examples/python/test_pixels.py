# SPDX-License-Identifier: Apache-2.0
"""Tests of an extension module that fail where it leaks: pytest --heaptap"""

import pixels


def test_of_bright_pixels():
    assert pixels.brightness(100, 2) == 200


def test_of_dark_pixels_which_leaks():
    assert pixels.brightness(100, 0) == 0


def test_of_names_which_leaks():
    assert pixels.names(3) == ["pixel 0", "pixel 1", "pixel 2"]


def test_of_a_table_that_is_kept():
    assert len(pixels.palette()) == 4096
