"""Every e-mail with invented facts, for the gallery and for trials of templates."""
