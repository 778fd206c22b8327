"""Passwords of ten letters or more that people choose most and guessers try first.

From general knowledge, kept short on purpose: the length rule already refuses most of the usual lists.
Compared after lower-casing and after taking digits and signs off both ends.
"""

COMMON = frozenset({
    "passwordpassword", "password", "passw0rd", "p@ssword", "p@ssw0rd", "qwertyuiop", "qwerty",
    "qwertyqwerty",
    "asdfghjkl", "asdfghjklz", "zxcvbnm", "qazwsxedc", "qazwsx", "letmein", "letmeinplease", "letmeinnow",
    "iloveyou", "iloveyouforever", "welcome", "welcomeback", "administrator", "admin", "changeme",
    "changemenow", "secret", "secretpassword", "mypassword", "newpassword", "thisisapassword", "abcdefghij",
    "abcdefghijkl", "abc", "football", "baseball", "basketball", "princess", "sunshine", "superman",
    "starwars", "monkey", "dragon", "master", "whatever", "trustno", "pharmacy", "formulary", "pharmacist",
    "prescription", "medicine", "computer", "internet", "michael", "jennifer", "liverpool", "chocolate",
    "butterfly", "summer", "winter", "spring", "autumn", "january", "november", "december",
    "test", "testing",
    "temporary", "default", "guest", "google", "facebook", "samsung", "manchester",
    "correcthorsebatterystaple",
})  # fmt: skip
