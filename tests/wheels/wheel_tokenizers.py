# wheel: tokenizers
"""A tokenizer, made and trained."""
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
tokenizer = Tokenizer(models.BPE(unk_token="[UNK]"))
tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
tokenizer.train_from_iterator(["low lower lowest", "new newer"], trainers.BpeTrainer(vocab_size=30, special_tokens=["[UNK]"], show_progress=False))
print(sorted(tokenizer.encode("low newest").tokens), tokenizer.get_vocab_size())
