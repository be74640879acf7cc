"""A first program."""


def greet(name: str) -> str:
    return f"Hello, {name}!"


if __name__ == "__main__":
    for name in ("world", "Taipan"):
        print(greet(name))
