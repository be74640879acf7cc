# wheel: pynacl
"""Boxes and signatures, by cffi."""
import nacl.exceptions, nacl.hash, nacl.secret, nacl.signing
box = nacl.secret.SecretBox(b"k" * 32)
print(box.encrypt(b"message", b"n" * 24).hex(), nacl.hash.sha256(b"x"))
key = nacl.signing.SigningKey(b"s" * 32)
print(key.sign(b"m").signature.hex())
try:
    box.decrypt(b"x" * 50)
except nacl.exceptions.CryptoError as error:
    print(error)
