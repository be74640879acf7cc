# wheel: tiktoken
"""Its encoder in Rust."""
import tiktoken
e = tiktoken.Encoding("t", pat_str=r"\w+|\s+", mergeable_ranks={bytes([i]): i for i in range(256)} | {b"ab": 256, b"abc": 257}, special_tokens={"<e>": 300})
print(e.encode("abc ab"), e.decode([257, 32]), e.encode("<e>", allowed_special="all"))
