//! The tokens of an element's content, and those that content and prolog share.

use super::chars::*;

/// Why there is no token.
#[derive(Clone, Copy, Debug)]
pub enum Stop {
    /// The text ends within the token.
    Partial,
    /// The text ends within a character.
    PartialChar,
    /// Something at this place cannot stand there.
    Invalid(usize),
}

pub type Lexed<T> = Result<T, Stop>;
pub type Span = (usize, usize);

/// An attribute in a start tag.
#[derive(Clone, Copy)]
pub struct Attribute {
    pub name: Span,
    pub value: Span,
    /// The value has no reference and no space but U+0020.
    pub plain: bool,
}

pub enum Token {
    /// The attributes are in the caller's list.
    Start {
        name: Span,
        empty: bool,
    },
    End {
        name: Span,
    },
    Data,
    Newline,
    Reference {
        name: Span,
    },
    /// None: not a number of a character.
    CharReference(Option<char>),
    CdataOpen,
    CdataClose,
    Pi {
        target: Span,
        data: Span,
    },
    XmlDeclaration,
    Comment(Span),
}

/// A text and how to read it.
#[derive(Clone, Copy)]
pub struct Lexer<'a> {
    pub text: &'a [u8],
    /// Names have at most one colon, inside.
    pub namespaces: bool,
    /// There is no more text to come.
    pub last: bool,
}

impl<'a> Lexer<'a> {
    #[inline]
    pub fn byte(&self, i: usize) -> Lexed<u8> {
        self.text.get(i).copied().ok_or(Stop::Partial)
    }

    #[inline]
    pub fn char(&self, i: usize) -> Lexed<(u32, usize)> {
        if i >= self.text.len() {
            return Err(Stop::Partial);
        }
        match char_at(self.text, i) {
            Char::Is(code, len) => Ok((code, len)),
            Char::Partial => Err(Stop::PartialChar),
            Char::Invalid => Err(Stop::Invalid(i)),
        }
    }

    pub fn str(&self, span: Span) -> &'a str {
        // Tokens hold checked characters only.
        std::str::from_utf8(&self.text[span.0..span.1]).unwrap_or_default()
    }

    pub fn skip_space(&self, mut i: usize) -> usize {
        while self.text.get(i).is_some_and(|&byte| is_space(byte)) {
            i += 1;
        }
        i
    }

    /// Does a name begin here?
    pub fn at_name(&self, i: usize) -> Lexed<bool> {
        let (code, _) = self.char(i)?;
        Ok(begins_name(code) || code == 0x3A && !self.namespaces)
    }

    /// The end of the name that begins at `i`; it has to begin there. The character after it is in the text.
    #[inline]
    pub fn name(&self, start: usize) -> Lexed<usize> {
        if !self.at_name(start)? {
            return Err(Stop::Invalid(start));
        }
        self.name_rest(start)
    }

    fn name_rest(&self, start: usize) -> Lexed<usize> {
        let mut i = start;
        let mut colons = 0;
        loop {
            let byte = self.byte(i)?;
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'0'..=b'9' | b'-' | b'.' => i += 1,
                b':' => {
                    colons += 1;
                    if self.namespaces && (colons > 1 || !self.at_name(i + 1)?) {
                        return Err(Stop::Invalid(if colons > 1 { i } else { i + 1 }));
                    }
                    i += 1;
                }
                0..0x80 => return Ok(i),
                _ => {
                    let (code, len) = self.char(i)?;
                    if !continues_name(code) {
                        return Err(Stop::Invalid(i));
                    }
                    i += len;
                }
            }
        }
    }

    /// The token of an element's content at `i`, inside of the text; and its end.
    pub fn content(&self, i: usize, attributes: &mut Vec<Attribute>) -> Lexed<(Token, usize)> {
        match self.text[i] {
            b'<' => self.markup(i, attributes),
            b'&' => self.reference(i),
            b'\n' => Ok((Token::Newline, i + 1)),
            b'\r' => self.carriage_return(i),
            b']' => {
                match (self.text.get(i + 1), self.text.get(i + 2)) {
                    (Some(b']'), Some(b'>')) => return Err(Stop::Invalid(i + 2)),
                    (None, _) | (Some(b']'), None) if !self.last => return Err(Stop::Partial),
                    _ => {}
                }
                self.data(i, i + 1)
            }
            _ => self.data(i, i),
        }
    }

    fn carriage_return(&self, i: usize) -> Lexed<(Token, usize)> {
        match self.text.get(i + 1) {
            Some(b'\n') => Ok((Token::Newline, i + 2)),
            None if !self.last => Err(Stop::Partial),
            _ => Ok((Token::Newline, i + 1)),
        }
    }

    /// Plain text from `start`, checked up to `i`.
    fn data(&self, start: usize, mut i: usize) -> Lexed<(Token, usize)> {
        while let Some(&byte) = self.text.get(i) {
            match byte {
                b'<' | b'&' | b'\n' | b'\r' => break,
                b']' => match (self.text.get(i + 1), self.text.get(i + 2)) {
                    (Some(b']'), Some(b'>')) => return self.stop_in_data(start, i, Stop::Invalid(i + 2)),
                    (None, _) | (Some(b']'), None) if !self.last => break,
                    _ => i += 1,
                },
                0x20..0x80 | b'\t' => i += 1,
                _ => match self.char(i) {
                    Ok((_, len)) => i += len,
                    Err(stop) => return self.stop_in_data(start, i, stop),
                },
            }
        }
        Ok((Token::Data, i))
    }

    /// What comes before something bad is data of its own.
    fn stop_in_data(&self, start: usize, i: usize, stop: Stop) -> Lexed<(Token, usize)> {
        match stop {
            Stop::Invalid(at) if at != i => Err(stop),
            _ if i > start => Ok((Token::Data, i)),
            _ => Err(stop),
        }
    }

    /// The token of a CDATA section at `i`.
    pub fn cdata(&self, start: usize) -> Lexed<(Token, usize)> {
        let mut i = start;
        while let Some(&byte) = self.text.get(i) {
            match byte {
                b'\n' | b'\r' if i > start => break,
                b'\n' => return Ok((Token::Newline, i + 1)),
                b'\r' => return self.carriage_return(i),
                b']' if i > start => break,
                b']' => match (self.text.get(i + 1), self.text.get(i + 2)) {
                    (Some(b']'), Some(b'>')) => return Ok((Token::CdataClose, i + 3)),
                    (None, _) | (Some(b']'), None) => return Err(Stop::Partial),
                    _ => i += 1,
                },
                0x20..0x80 | b'\t' => i += 1,
                _ => match self.char(i) {
                    Ok((_, len)) => i += len,
                    Err(stop) => return self.stop_in_data(start, i, stop),
                },
            }
        }
        Ok((Token::Data, i))
    }

    fn markup(&self, i: usize, attributes: &mut Vec<Attribute>) -> Lexed<(Token, usize)> {
        match self.byte(i + 1)? {
            b'!' => match self.byte(i + 2)? {
                b'-' => self.comment(i),
                b'[' => {
                    for (offset, &expected) in b"CDATA[".iter().enumerate() {
                        if self.byte(i + 3 + offset)? != expected {
                            return Err(Stop::Invalid(i + 3 + offset));
                        }
                    }
                    Ok((Token::CdataOpen, i + 9))
                }
                _ => Err(Stop::Invalid(i + 2)),
            },
            b'?' => self.pi(i),
            b'/' => {
                let end = self.name(i + 2)?;
                let close = self.skip_space(end);
                match self.byte(close)? {
                    b'>' => Ok((Token::End { name: (i + 2, end) }, close + 1)),
                    _ => Err(Stop::Invalid(close)),
                }
            }
            _ => self.start_tag(i, attributes),
        }
    }

    fn start_tag(&self, start: usize, attributes: &mut Vec<Attribute>) -> Lexed<(Token, usize)> {
        attributes.clear();
        let end = self.name(start + 1)?;
        let name = (start + 1, end);
        let mut i = end;
        loop {
            let next = self.skip_space(i);
            match self.byte(next)? {
                b'>' => return Ok((Token::Start { name, empty: false }, next + 1)),
                b'/' => match self.byte(next + 1)? {
                    b'>' => return Ok((Token::Start { name, empty: true }, next + 2)),
                    _ => return Err(Stop::Invalid(next + 1)),
                },
                _ if next == i => return Err(Stop::Invalid(next)),
                _ => {}
            }
            let name_end = self.name(next)?;
            let equals = self.skip_space(name_end);
            if self.byte(equals)? != b'=' {
                return Err(Stop::Invalid(equals));
            }
            let open = self.skip_space(equals + 1);
            let quote = self.byte(open)?;
            if !matches!(quote, b'"' | b'\'') {
                return Err(Stop::Invalid(open));
            }
            let (close, plain) = self.attribute_value(open + 1, quote)?;
            attributes.push(Attribute { name: (next, name_end), value: (open + 1, close), plain });
            i = close + 1;
        }
    }

    /// The place of the closing quote, and whether the value stands as it is.
    fn attribute_value(&self, mut i: usize, quote: u8) -> Lexed<(usize, bool)> {
        let mut plain = true;
        loop {
            match self.byte(i)? {
                byte if byte == quote => return Ok((i, plain)),
                b'&' => {
                    plain = false;
                    i = self.reference(i)?.1;
                }
                b'<' => return Err(Stop::Invalid(i)),
                b'\t' | b'\n' | b'\r' => {
                    plain = false;
                    i += 1;
                }
                0x20..0x80 => i += 1,
                _ => i += self.char(i)?.1,
            }
        }
    }

    /// A reference: `i` is at the ampersand.
    pub fn reference(&self, i: usize) -> Lexed<(Token, usize)> {
        if self.byte(i + 1)? != b'#' {
            let end = self.name(i + 1)?;
            return match self.byte(end)? {
                b';' => Ok((Token::Reference { name: (i + 1, end) }, end + 1)),
                _ => Err(Stop::Invalid(end)),
            };
        }
        let hex = self.byte(i + 2)? == b'x';
        let (start, radix) = if hex { (i + 3, 16) } else { (i + 2, 10) };
        let mut end = start;
        let mut code = 0u32;
        while let Some(digit) = (self.byte(end)? as char).to_digit(radix) {
            code = code.saturating_mul(radix).saturating_add(digit);
            end += 1;
        }
        if end == start || self.text[end] != b';' {
            return Err(Stop::Invalid(end));
        }
        let found = is_xml_char(code).then(|| char::from_u32(code)).flatten();
        Ok((Token::CharReference(found), end + 1))
    }

    /// A comment: `i` is at `<!-`.
    pub fn comment(&self, i: usize) -> Lexed<(Token, usize)> {
        if self.byte(i + 3)? != b'-' {
            return Err(Stop::Invalid(i + 3));
        }
        let mut j = i + 4;
        loop {
            if self.byte(j)? == b'-' {
                if self.byte(j + 1)? == b'-' {
                    return match self.byte(j + 2)? {
                        b'>' => Ok((Token::Comment((i + 4, j)), j + 3)),
                        _ => Err(Stop::Invalid(j + 2)),
                    };
                }
                j += 1;
            } else {
                j += self.char(j)?.1;
            }
        }
    }

    /// A processing instruction or declaration: `i` is at `<?`.
    pub fn pi(&self, i: usize) -> Lexed<(Token, usize)> {
        let target_end = self.name(i + 2)?;
        let target = (i + 2, target_end);
        let is_xml = match &self.text[target.0..target.1] {
            b"xml" => true,
            name if name.eq_ignore_ascii_case(b"xml") => return Err(Stop::Invalid(target_end)),
            _ => false,
        };
        let close = |end: usize, data: Span| {
            let token = if is_xml { Token::XmlDeclaration } else { Token::Pi { target, data } };
            (token, end)
        };
        match self.byte(target_end)? {
            b'?' => match self.byte(target_end + 1)? {
                b'>' => return Ok(close(target_end + 2, (target_end, target_end))),
                _ => return Err(Stop::Invalid(target_end + 1)),
            },
            byte if is_space(byte) => {}
            _ => return Err(Stop::Invalid(target_end)),
        }
        let start = self.skip_space(target_end);
        let mut j = start;
        loop {
            if self.byte(j)? == b'?' {
                if self.byte(j + 1)? == b'>' {
                    return Ok(close(j + 2, (start, j)));
                }
                j += 1;
            } else {
                j += self.char(j)?.1;
            }
        }
    }
}
