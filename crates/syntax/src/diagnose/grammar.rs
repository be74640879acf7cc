//! The grammar table, read from `grammar.peg` once.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::nodes::Kind;
use crate::tokenizer::TokenKind;

/// What an alternative consists of.
#[derive(Clone, Debug)]
pub enum Item {
    Token(TokenKind),
    /// A soft keyword: a NAME with this text.
    Soft(String),
    /// A NAME with the text of any soft keyword.
    AnySoft,
    Rule(usize),
    Group(Vec<Alternative>),
    Optional(Box<Item>),
    /// Any number of times; the flag asks for at least one.
    Repeat(Box<Item>, bool),
    /// Elements with a separator between.
    Gather(Box<Item>, Box<Item>),
    Ahead(Box<Item>),
    NotAhead(Box<Item>),
    Cut,
    /// A token that must follow: an error at once if it doesn't.
    Forced(TokenKind),
}

impl Item {
    fn is_lookahead(&self) -> bool {
        matches!(self, Item::Ahead(_) | Item::NotAhead(_) | Item::Cut)
    }
}

/// Where an error points.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// The range of a value.
    At(usize),
    /// From one value's start to another's end.
    Range(usize, usize),
    /// From a value's start to where the tokenizer is.
    From(usize),
    /// The last token read.
    Last,
    /// The next token.
    Next,
    /// As `Last`, but an IndentationError.
    Indent,
}

/// What to make of an alternative that matched. Numbers are those of its items.
#[derive(Clone, Debug)]
pub enum Action {
    Value(usize),
    Node(Kind, Vec<usize>),
    Null,
    Call(String, Vec<usize>),
    Raise(Place, Vec<Piece>),
}

/// A piece of a message.
#[derive(Clone, Debug)]
pub enum Piece {
    Text(String),
    /// What CPython calls this kind of expression.
    Name(usize),
    /// The line where a value begins.
    Line(usize),
    /// The text of a token.
    Source(usize),
}

/// One way to match a rule.
#[derive(Clone, Debug)]
pub struct Alternative {
    pub items: Vec<Item>,
    /// The minor version of Python that brought it, and how the message for older ones begins.
    pub since: Option<(u8, String)>,
    pub action: Action,
    /// Tried only when looking for the error.
    pub invalid: bool,
}

/// A rule of the grammar.
#[derive(Clone, Debug)]
pub struct Rule {
    pub alternatives: Vec<Alternative>,
    pub memo: bool,
    pub left_recursive: bool,
    /// Matched without the rules that look for errors.
    pub plain: bool,
}

/// The whole grammar.
#[derive(Debug)]
pub struct Grammar {
    pub rules: Vec<Rule>,
    pub file: usize,
    pub interactive: usize,
    pub eval: usize,
    pub func_type: usize,
}

/// Python's grammar.
pub static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| read(include_str!("grammar.peg")));

fn read(text: &str) -> Grammar {
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).collect();
    let headers: Vec<&str> = lines.iter().filter(|line| !line.starts_with(' ')).copied().collect();
    let names: Vec<&str> =
        headers.iter().map(|header| header.split([' ', ':']).next().unwrap_or("")).collect();
    let ids: HashMap<&str, usize> = names.iter().enumerate().map(|(id, name)| (*name, id)).collect();
    let invalid: Vec<bool> = names.iter().map(|name| name.starts_with("invalid_")).collect();
    let mut rules: Vec<Rule> = Vec::with_capacity(names.len());
    for line in lines {
        if !line.starts_with(' ') {
            let id = rules.len();
            rules.push(Rule {
                alternatives: Vec::new(),
                memo: line.contains(" memo"),
                left_recursive: names[id] == "attr",
                plain: line.contains(" plain"),
            });
            continue;
        }
        let mut reader = Reader { rest: line.trim(), ids: &ids, invalid: &invalid };
        let alternative = reader.alternative();
        assert!(reader.rest.is_empty(), "grammar: {line}: {}", reader.rest);
        let id = rules.len() - 1;
        rules[id].left_recursive |=
            matches!(alternative.items.first(), Some(Item::Rule(first)) if *first == id);
        rules[id].alternatives.push(alternative);
    }
    let id = |name: &str| ids[name];
    let (file, interactive, eval, func_type) = (id("file"), id("interactive"), id("eval"), id("func_type"));
    Grammar { rules, file, interactive, eval, func_type }
}

/// Reads one line of the table. Mistakes in it panic: the table is part of the program, and a test reads it.
struct Reader<'t> {
    rest: &'t str,
    ids: &'t HashMap<&'t str, usize>,
    invalid: &'t [bool],
}

impl<'t> Reader<'t> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, text: &str) -> bool {
        self.skip();
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> &'t str {
        self.skip();
        let end = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn quoted(&mut self, quote: char) -> &'t str {
        let body = &self.rest[1..];
        let end = body.find(quote).expect("closing quote");
        self.rest = &body[end + 1..];
        &body[..end]
    }

    fn alternative(&mut self) -> Alternative {
        let mut items = Vec::new();
        let mut labels: HashMap<&str, usize> = HashMap::new();
        loop {
            self.skip();
            if self.rest.is_empty() || self.rest.starts_with([')', ']']) {
                break;
            }
            if self.rest.starts_with(['|', '@']) || self.rest.starts_with("=>") {
                break;
            }
            let bytes = self.rest.as_bytes();
            if bytes[0].is_ascii_lowercase() && bytes.get(1) == Some(&b'=') {
                labels.insert(&self.rest[..1], items.len());
                self.rest = &self.rest[2..];
            }
            let item = self.item();
            items.push(item);
        }
        let since = self.eat("@").then(|| {
            let minor = self.word().parse().expect("version");
            self.skip();
            (minor, self.quoted('"').to_owned())
        });
        let action = if self.eat("=>") { self.action(&labels) } else { default_action(&items) };
        let invalid = matches!(items[..], [Item::Rule(rule)] if self.invalid[rule]);
        Alternative { items, since, action, invalid }
    }

    fn alternatives(&mut self, close: &str) -> Item {
        let mut alternatives = vec![self.alternative()];
        while self.eat("|") {
            alternatives.push(self.alternative());
        }
        assert!(self.eat(close), "grammar: expected {close} at {}", self.rest);
        let single =
            alternatives.len() == 1 && alternatives[0].items.len() == 1 && alternatives[0].since.is_none();
        if single && matches!(alternatives[0].action, Action::Value(0)) {
            return alternatives.swap_remove(0).items.swap_remove(0);
        }
        Item::Group(alternatives)
    }

    fn item(&mut self) -> Item {
        self.skip();
        if self.eat("~") {
            return Item::Cut;
        }
        if self.eat("&&") {
            let Item::Token(kind) = self.atom() else { panic!("grammar: && of a token") };
            return Item::Forced(kind);
        }
        if self.eat("&") {
            return Item::Ahead(Box::new(self.atom()));
        }
        if self.eat("!") {
            return Item::NotAhead(Box::new(self.atom()));
        }
        let atom = self.atom();
        if self.rest.starts_with('*') || self.rest.starts_with('+') {
            let some = self.rest.starts_with('+');
            self.rest = &self.rest[1..];
            return Item::Repeat(Box::new(atom), some);
        }
        if self.rest.starts_with('.') {
            self.rest = &self.rest[1..];
            let element = self.atom();
            assert!(self.eat("+"), "grammar: + after a gathered element");
            return Item::Gather(Box::new(atom), Box::new(element));
        }
        atom
    }

    fn atom(&mut self) -> Item {
        self.skip();
        match self.rest.chars().next() {
            Some('(') => {
                self.rest = &self.rest[1..];
                self.alternatives(")")
            }
            Some('[') => {
                self.rest = &self.rest[1..];
                Item::Optional(Box::new(self.alternatives("]")))
            }
            Some('\'') => {
                let text = self.quoted('\'');
                let kind = TokenKind::ALL.iter().find(|kind| kind.text() == text);
                Item::Token(*kind.unwrap_or_else(|| panic!("grammar: token {text}")))
            }
            Some('"') => Item::Soft(self.quoted('"').to_owned()),
            _ => {
                let word = self.word();
                if word == "SOFT_KEYWORD" {
                    Item::AnySoft
                } else if word.starts_with(|c: char| c.is_ascii_uppercase()) {
                    let kind = TokenKind::ALL.iter().find(|kind| kind.name() == word);
                    Item::Token(*kind.unwrap_or_else(|| panic!("grammar: token {word}")))
                } else {
                    Item::Rule(*self.ids.get(word).unwrap_or_else(|| panic!("grammar: rule {word}")))
                }
            }
        }
    }

    /// Labels in parentheses, if any.
    fn arguments(&mut self, labels: &HashMap<&str, usize>) -> Vec<usize> {
        let mut arguments = Vec::new();
        if self.rest.starts_with('(') {
            self.rest = &self.rest[1..];
            while !self.eat(")") {
                let label = self.word();
                arguments.push(*labels.get(label).unwrap_or_else(|| panic!("grammar: label {label}")));
            }
        }
        arguments
    }

    fn action(&mut self, labels: &HashMap<&str, usize>) -> Action {
        let word = self.word();
        if let Some(&item) = labels.get(word) {
            return Action::Value(item);
        }
        if word == "null" {
            return Action::Null;
        }
        if word == "call" {
            let name = self.word().to_owned();
            return Action::Call(name, self.arguments(labels));
        }
        let arguments = self.arguments(labels);
        let place = match (word, arguments.as_slice()) {
            ("at", &[a]) => Place::At(a),
            ("range", &[a, b]) => Place::Range(a, b),
            ("from", &[a]) => Place::From(a),
            ("last", []) => Place::Last,
            ("next", []) => Place::Next,
            ("indent", []) => Place::Indent,
            _ => return Action::Node(Kind::named(word), arguments),
        };
        assert!(self.eat("->"), "grammar: message expected at {}", self.rest);
        self.skip();
        let message = self.rest[1..].strip_suffix('"').expect("closing quote").replace("\\\"", "\"");
        self.rest = "";
        Action::Raise(place, pieces(&message, labels))
    }
}

fn default_action(items: &[Item]) -> Action {
    let mut values = (0..items.len()).filter(|&item| !items[item].is_lookahead());
    match (values.next(), values.next()) {
        (Some(item), None) => Action::Value(item),
        _ => Action::Node(Kind::Other, Vec::new()),
    }
}

fn pieces(message: &str, labels: &HashMap<&str, usize>) -> Vec<Piece> {
    let mut parts = message.split('$');
    let mut pieces = vec![Piece::Text(parts.next().unwrap_or("").to_owned())];
    for part in parts {
        let (call, text) = part.split_once(')').expect("closing parenthesis");
        let (word, label) = call.split_once('(').expect("parenthesis");
        let item = labels[label];
        pieces.push(match word {
            "name" => Piece::Name(item),
            "line" => Piece::Line(item),
            "text" => Piece::Source(item),
            _ => panic!("grammar: ${word}"),
        });
        pieces.push(Piece::Text(text.to_owned()));
    }
    pieces
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_is_readable() {
        assert!(super::GRAMMAR.rules.len() > 200);
        assert!(super::GRAMMAR.rules.iter().all(|rule| !rule.alternatives.is_empty()));
    }
}
