# wheel: bcrypt
"""Password hashes."""
import bcrypt
hashed = bcrypt.hashpw(b"secret", b"$2b$04$abcdefghijklmnopqrstuu")
print(hashed, bcrypt.checkpw(b"secret", hashed), bcrypt.checkpw(b"other", hashed))
try:
    bcrypt.hashpw("text", b"x")
except Exception as error:
    print(type(error).__name__, error)
