"""Gradients through face finders: what the tool `evade` is made of. Needs torch; boxes only, no landmarks."""
