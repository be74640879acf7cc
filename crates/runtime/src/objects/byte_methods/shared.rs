//! The methods that `bytes` and `bytearray` share, declared once.

/// Declares them, as the part `shared` of the type's methods.
macro_rules! shared_methods {
    ($T:ident) => {
        #[methods(part = shared)]
        impl $T {
            /// Return a copy with only its first character capitalized (ASCII) and the rest lower-cased.
            #[method(signature = "($self, /)")]
            fn capitalize(&self) -> Result {
                <$T as ByteString>::make(&byte_methods::case::capitalize(self.bytes()))
            }

            /// The bytes in the middle of width, filled up with fillchar.
            #[method(signature = "($self, width, fillchar=b' ', /)")]
            fn center(&self, width: isize, fillchar: Option<Fill>) -> Result {
                let len = self.bytes().len();
                let Some(space) = (width.max(0) as usize).checked_sub(len).filter(|&space| space > 0) else {
                    return self.same();
                };
                let left = space / 2 + (space & width as usize & 1);
                let fill = fillchar.map_or(b' ', |fill| fill.0);
                <$T as ByteString>::make(&byte_methods::pad(self.bytes(), left, space - left, fill)?)
            }

            /// The bytes at the left of width, filled up with fillchar.
            #[method(signature = "($self, width, fillchar=b' ', /)")]
            fn ljust(&self, width: isize, fillchar: Option<Fill>) -> Result {
                let space = (width.max(0) as usize).saturating_sub(self.bytes().len());
                if space == 0 {
                    return self.same();
                }
                let fill = fillchar.map_or(b' ', |fill| fill.0);
                <$T as ByteString>::make(&byte_methods::pad(self.bytes(), 0, space, fill)?)
            }

            /// The bytes at the right of width, filled up with fillchar.
            #[method(signature = "($self, width, fillchar=b' ', /)")]
            fn rjust(&self, width: isize, fillchar: Option<Fill>) -> Result {
                let space = (width.max(0) as usize).saturating_sub(self.bytes().len());
                if space == 0 {
                    return self.same();
                }
                let fill = fillchar.map_or(b' ', |fill| fill.0);
                <$T as ByteString>::make(&byte_methods::pad(self.bytes(), space, 0, fill)?)
            }

            /// The bytes filled up with zeros to width, behind a sign.
            #[method(signature = "($self, width, /)")]
            fn zfill(&self, width: isize) -> Result {
                let space = (width.max(0) as usize).saturating_sub(self.bytes().len());
                if space == 0 {
                    return self.same();
                }
                let mut result = byte_methods::pad(self.bytes(), space, 0, b'0')?;
                if let Some(&sign @ (b'+' | b'-')) = result.get(space) {
                    result[0] = sign;
                    result[space] = b'0';
                }
                <$T as ByteString>::make(&result)
            }

            #[method(
                hidden_signature,
                signature = "($self, sub, start=None, end=None, /)",
                doc = "count($self, sub[, start[, end]], /)\n--\n\nReturn the number of occurrences of 'sub' in B[start:end] that don't overlap.\n\n  sub\n    Bytes, or an integer in range(256).\n  start\n    Where to begin; the start by default.\n  end\n    Where to stop; the end by default."
            )]
            fn count(&self, sub: &Object, start: Option<Bound>, end: Option<Bound>) -> Result<usize> {
                let sub = Sub::of(sub)?;
                let bytes = self.bytes();
                Ok(byte_methods::range(bytes.len(), start, end)
                    .map_or(0, |(start, end)| byte_methods::count(&bytes[start..end], sub.as_slice())))
            }

            #[method(
                hidden_signature,
                signature = "($self, sub, start=None, end=None, /)",
                doc = "find($self, sub[, start[, end]], /)\n--\n\nReturn the lowest index where 'sub' is found within B[start:end].\n\nReturn -1 on failure."
            )]
            fn find(&self, sub: &Object, start: Option<Bound>, end: Option<Bound>) -> Result<isize> {
                let sub = Sub::of(sub)?;
                Ok(byte_methods::index_or_minus_one(byte_methods::find_between(self.bytes(), sub.as_slice(), start, end)))
            }

            #[method(
                hidden_signature,
                signature = "($self, sub, start=None, end=None, /)",
                doc = "index($self, sub[, start[, end]], /)\n--\n\nReturn the lowest index where 'sub' is found within B[start:end].\n\nRaise ValueError if it is not found."
            )]
            fn index(&self, sub: &Object, start: Option<Bound>, end: Option<Bound>) -> Result<usize> {
                let sub = Sub::of(sub)?;
                byte_methods::index_or_error(byte_methods::find_between(self.bytes(), sub.as_slice(), start, end))
            }

            #[method(
                hidden_signature,
                signature = "($self, sub, start=None, end=None, /)",
                doc = "rfind($self, sub[, start[, end]], /)\n--\n\nReturn the highest index where 'sub' is found within B[start:end].\n\nReturn -1 on failure."
            )]
            fn rfind(&self, sub: &Object, start: Option<Bound>, end: Option<Bound>) -> Result<isize> {
                let sub = Sub::of(sub)?;
                Ok(byte_methods::index_or_minus_one(byte_methods::rfind_between(self.bytes(), sub.as_slice(), start, end)))
            }

            #[method(
                hidden_signature,
                signature = "($self, sub, start=None, end=None, /)",
                doc = "rindex($self, sub[, start[, end]], /)\n--\n\nReturn the highest index where 'sub' is found within B[start:end].\n\nRaise ValueError if it is not found."
            )]
            fn rindex(&self, sub: &Object, start: Option<Bound>, end: Option<Bound>) -> Result<usize> {
                let sub = Sub::of(sub)?;
                byte_methods::index_or_error(byte_methods::rfind_between(self.bytes(), sub.as_slice(), start, end))
            }

            #[method(
                hidden_signature,
                signature = "($self, prefix, start=None, end=None, /)",
                doc = "startswith($self, prefix[, start[, end]], /)\n--\n\nReturn True if B[start:end] starts with the prefix (bytes, or a tuple of bytes to try)."
            )]
            fn startswith(&self, prefix: &Object, start: Option<Bound>, end: Option<Bound>) -> Result<bool> {
                byte_methods::has_affix(self, prefix, start, end, "startswith", true)
            }

            #[method(
                hidden_signature,
                signature = "($self, suffix, start=None, end=None, /)",
                doc = "endswith($self, suffix[, start[, end]], /)\n--\n\nReturn True if B[start:end] ends with the suffix (bytes, or a tuple of bytes to try)."
            )]
            fn endswith(&self, suffix: &Object, start: Option<Bound>, end: Option<Bound>) -> Result<bool> {
                byte_methods::has_affix(self, suffix, start, end, "endswith", false)
            }

            /// Decode the bytes using the codec registered for encoding.
            ///
            ///   encoding
            ///     The encoding with which to decode the bytes.
            ///   errors
            ///     The error handling scheme: 'strict' (the default), 'ignore', 'replace' or
            ///     any other name registered with codecs.register_error.
            #[method(signature = "($self, /, encoding='utf-8', errors='strict')")]
            fn decode(&self, encoding: Option<&str>, errors: Option<&str>) -> Result {
                crate::codecs::decode_object(self, encoding, errors)
            }

            /// The string with spaces in place of tabs, up to the next multiple of tabsize columns.
            #[method(signature = "($self, /, tabsize=8)")]
            fn expandtabs(&self, tabsize: Option<i32>) -> Result {
                <$T as ByteString>::make(&byte_methods::pieces::expand_tabs(self.bytes(), tabsize.unwrap_or(8))?)
            }

            /// Create a new object from a string of hexadecimal numbers.
            ///
            /// Spaces between two numbers are accepted.
            #[classmethod(signature = "($type, string, /)")]
            fn fromhex(class: &Type, string: &Object) -> Result {
                let made = <$T as ByteString>::make(&byte_methods::hex::from_hex(string)?)?;
                if std::ptr::eq(class, <$T as NativeType>::type_object()) { Ok(made) } else { class.call(&[&*made]) }
            }

            #[method(
                hidden_signature,
                signature = "($self, /, sep=None, bytes_per_sep=1)",
                doc = "hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)\n--\n\nCreate a string of hexadecimal numbers from the bytes.\n\n  sep\n    A character (str or bytes) to put between groups of bytes.\n  bytes_per_sep\n    How many bytes a group has: counted from the right, if negative from the left."
            )]
            fn hex(&self, sep: Option<&Object>, bytes_per_sep: Option<i32>) -> Result<Ref<Str>> {
                if let Some(sep) = sep {
                    sep.length()?;
                }
                byte_methods::hex::to_hex(self.bytes(), sep, bytes_per_sep.unwrap_or(1) as isize)
            }

            /// Return True if all bytes are ASCII letters or digits and there is at least one.
            #[method(signature = "($self, /)")]
            fn isalnum(&self) -> bool {
                byte_methods::case::all(self.bytes(), u8::is_ascii_alphanumeric)
            }

            /// Return True if all bytes are ASCII letters and there is at least one.
            #[method(signature = "($self, /)")]
            fn isalpha(&self) -> bool {
                byte_methods::case::all(self.bytes(), u8::is_ascii_alphabetic)
            }

            /// Return True if the bytes are empty or all ASCII (0-0x7F).
            #[method(signature = "($self, /)")]
            fn isascii(&self) -> bool {
                self.bytes().is_ascii()
            }

            /// Return True if all bytes are ASCII digits and there is at least one.
            #[method(signature = "($self, /)")]
            fn isdigit(&self) -> bool {
                byte_methods::case::all(self.bytes(), u8::is_ascii_digit)
            }

            /// Return True if all cased bytes are lowercase and there is at least one.
            #[method(signature = "($self, /)")]
            fn islower(&self) -> bool {
                byte_methods::case::is_lower(self.bytes())
            }

            /// Return True if all bytes are ASCII whitespace and there is at least one.
            #[method(signature = "($self, /)")]
            fn isspace(&self) -> bool {
                byte_methods::case::all(self.bytes(), |&byte| byte_methods::case::is_space(byte))
            }

            /// Return True if words begin with an upper case letter and go on in lower case.
            #[method(signature = "($self, /)")]
            fn istitle(&self) -> bool {
                byte_methods::case::is_title(self.bytes())
            }

            /// Return True if all cased bytes are uppercase and there is at least one.
            #[method(signature = "($self, /)")]
            fn isupper(&self) -> bool {
                byte_methods::case::is_upper(self.bytes())
            }

            /// Return a copy with all ASCII letters in lowercase.
            #[method(signature = "($self, /)")]
            fn lower(&self) -> Result {
                <$T as ByteString>::make(&self.bytes().to_ascii_lowercase())
            }

            /// Return a copy with all ASCII letters in uppercase.
            #[method(signature = "($self, /)")]
            fn upper(&self) -> Result {
                <$T as ByteString>::make(&self.bytes().to_ascii_uppercase())
            }

            /// Return a copy with uppercase ASCII letters in lowercase and vice versa.
            #[method(signature = "($self, /)")]
            fn swapcase(&self) -> Result {
                <$T as ByteString>::make(&byte_methods::case::swapcase(self.bytes()))
            }

            /// Return a copy whose ASCII words begin with an upper case letter and go on in lower case.
            #[method(signature = "($self, /)")]
            fn title(&self) -> Result {
                <$T as ByteString>::make(&byte_methods::case::title(self.bytes()))
            }

            /// Return a table for bytes.translate() that maps each byte of frm to the one of to at the same position.
            #[staticmethod(signature = "(frm, to, /)")]
            fn maketrans(frm: BytesLike<'_>, to: BytesLike<'_>) -> Result<[u8; 256]> {
                byte_methods::maketrans(&frm, &to)
            }

            /// Strip leading and trailing bytes contained in the argument.
            ///
            /// If the argument is omitted or None, strip leading and trailing ASCII whitespace.
            #[method(signature = "($self, bytes=None, /)")]
            fn strip(&self, bytes: Option<&Object>) -> Result {
                pieces::strip(self, bytes, pieces::Ends::Both)
            }

            /// The bytes without ASCII white space (or the given bytes) at their start.
            #[method(signature = "($self, bytes=None, /)")]
            fn lstrip(&self, bytes: Option<&Object>) -> Result {
                pieces::strip(self, bytes, pieces::Ends::Left)
            }

            /// The bytes without ASCII white space (or the given bytes) at their end.
            #[method(signature = "($self, bytes=None, /)")]
            fn rstrip(&self, bytes: Option<&Object>) -> Result {
                pieces::strip(self, bytes, pieces::Ends::Right)
            }

            /// Partition into three parts: what comes before the first separator, the separator, the rest.
            ///
            /// If the separator is not found, the parts are all of it and two empty ones.
            #[method(signature = "($self, sep, /)")]
            fn partition(&self, sep: &Object) -> Result<(Ref, Ref, Ref)> {
                pieces::partition(self, sep, false)
            }

            /// Partition into three parts: what comes before the last separator, the separator, the rest.
            ///
            /// If the separator is not found, the parts are two empty ones and all of it.
            #[method(signature = "($self, sep, /)")]
            fn rpartition(&self, sep: &Object) -> Result<(Ref, Ref, Ref)> {
                pieces::partition(self, sep, true)
            }

            /// The string with new in place of each old; at most count times, unless that is -1.
            #[method(signature = "($self, old, new, count=-1, /)")]
            fn replace(&self, old: BytesLike<'_>, new: BytesLike<'_>, count: isize) -> Result {
                match byte_methods::replace(self.bytes(), &old, &new, count)? {
                    Some(result) => <$T as ByteString>::make(&result),
                    None => self.same(),
                }
            }

            /// Return a copy without the given prefix, if it is there.
            #[method(signature = "($self, prefix, /)")]
            fn removeprefix(&self, prefix: BytesLike<'_>) -> Result {
                match self.bytes().strip_prefix(&*prefix) {
                    Some(rest) if !prefix.is_empty() => <$T as ByteString>::make(rest),
                    _ => self.same(),
                }
            }

            /// Return a copy without the given suffix, if it is there.
            #[method(signature = "($self, suffix, /)")]
            fn removesuffix(&self, suffix: BytesLike<'_>) -> Result {
                match self.bytes().strip_suffix(&*suffix) {
                    Some(rest) if !suffix.is_empty() => <$T as ByteString>::make(rest),
                    _ => self.same(),
                }
            }

            /// Return a list of the sections, using sep as the delimiter.
            ///
            ///   sep
            ///     The delimiter according which to split the bytes.
            ///     None (the default value) means split on ASCII whitespace characters
            ///     (space, tab, return, newline, formfeed, vertical tab).
            ///   maxsplit
            ///     Maximum number of splits to do.
            ///     -1 (the default value) means no limit.
            #[method(signature = "($self, /, sep=None, maxsplit=-1)")]
            fn split(&self, sep: Option<&Object>, maxsplit: isize) -> Result {
                pieces::split(self, sep.unwrap_or(&none()), maxsplit, false)
            }

            /// Return a list of the sections, using sep as the delimiter.
            ///
            ///   sep
            ///     The delimiter according which to split the bytes.
            ///     None (the default value) means split on ASCII whitespace characters
            ///     (space, tab, return, newline, formfeed, vertical tab).
            ///   maxsplit
            ///     Maximum number of splits to do.
            ///     -1 (the default value) means no limit.
            ///
            /// Splitting is done starting at the end and working to the front.
            #[method(signature = "($self, /, sep=None, maxsplit=-1)")]
            fn rsplit(&self, sep: Option<&Object>, maxsplit: isize) -> Result {
                pieces::split(self, sep.unwrap_or(&none()), maxsplit, true)
            }

            /// Return a list of the lines, breaking at line boundaries.
            ///
            /// Line breaks are not included in the resulting list unless keepends is given and
            /// true.
            #[method(signature = "($self, /, keepends=False)")]
            fn splitlines(&self, keepends: bool) -> Result {
                pieces::splitlines(self, keepends)
            }

            /// Return a copy with each character mapped by the given translation table.
            ///
            ///   table
            ///     Translation table, which must be a bytes object of length 256.
            ///
            /// All characters occurring in the optional argument delete are removed.
            /// The remaining characters are mapped through the given translation table.
            #[method(signature = "($self, table, /, delete=b'')")]
            fn translate(&self, table: OrNone<BytesLike<'_>>, delete: Option<BytesLike<'_>>) -> Result {
                if table.0.as_ref().is_some_and(|table| table.len() != 256) {
                    return Err(raise!(ValueError, "translation table must be 256 characters long"));
                }
                let delete = delete.as_deref().unwrap_or_default();
                let result = byte_methods::translate(self.bytes(), table.0.as_deref(), delete);
                if result == self.bytes() { self.same() } else { <$T as ByteString>::make(&result) }
            }

            #[slot]
            fn sq_length(&self) -> usize {
                self.bytes().len()
            }

            #[slot]
            fn mp_length(&self) -> usize {
                self.bytes().len()
            }

            #[slot]
            fn sq_contains(&self, item: &Object) -> Result<bool> {
                byte_methods::contains(self, item)
            }

            #[slot]
            fn nb_remainder(left: &Object, right: &Object) -> Result {
                let Some(own) = left.downcast::<$T>() else { return Ok(not_implemented()) };
                // A copy: formatting runs code that may change a bytearray.
                let format = own.bytes().to_vec();
                <$T as ByteString>::make(&byte_methods::format(&format, right)?)
            }
        }
    };
}
pub(crate) use shared_methods;
