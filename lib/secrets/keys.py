"""Keys that someone made up instead of drawing them at random."""

import base64
import binascii

#: A key drawn at random has more different characters even in hexadecimal digits.
FEWEST_DIFFERENT = 6
#: What people write who mean to replace it later.
PLACEHOLDERS = ("changeme", "change-me", "change_me", "password", "qwerty", "123456789", "abcdefgh")


def is_weak(key: str) -> bool:
    """Tell whether a key repeats itself, has hardly any different characters, or says so."""
    small = key.lower()
    if any(word in small for word in PLACEHOLDERS):
        return True
    return _is_monotonous(key.encode())


def is_weak_fernet_key(key: str) -> bool:
    """Tell whether the bytes behind a Fernet key are monotonous, or words to be replaced."""
    try:
        content = base64.urlsafe_b64decode(key)
    except (ValueError, binascii.Error):
        return False
    return _is_monotonous(content) or is_weak(content.decode("latin-1"))


def _is_monotonous(content: bytes) -> bool:
    is_repetition = 0 < (content * 2).find(content, 1) < len(content)
    return is_repetition or len(set(content)) < FEWEST_DIFFERENT
