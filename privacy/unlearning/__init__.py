"""Noise that a network learns sooner than the face under it: what the tool `unlearnable` is made of. Needs torch."""
