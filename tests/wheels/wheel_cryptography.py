# wheel: cryptography
"""Hashes, ciphers, signatures, certificates."""
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
digest = hashes.Hash(hashes.SHA256())
digest.update(b"abc")
print(digest.finalize().hex())
sealed = AESGCM(b"k" * 16).encrypt(b"n" * 12, b"text", b"more")
print(sealed.hex(), AESGCM(b"k" * 16).decrypt(b"n" * 12, sealed, b"more"))
try:
    AESGCM(b"k" * 16).decrypt(b"n" * 12, sealed, b"less")
except InvalidTag as error:
    print(type(error))
key = ed25519.Ed25519PrivateKey.from_private_bytes(b"s" * 32)
print(key.sign(b"m").hex(), key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
try:
    key.public_key().verify(b"x" * 64, b"m")
except InvalidSignature as error:
    print(type(error))
print(rsa.generate_private_key(65537, 1024).key_size, Fernet(Fernet.generate_key()).encrypt(b"x")[:5])
