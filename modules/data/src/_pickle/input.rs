//! Where an unpickler reads from: bytes in memory, or a file, of which no more is taken than the pickle has (where the
//! file can `peek`, what was peeked at is read afterwards).

use runtime::errors::no_memory;
use runtime::native::abi;
use runtime::objects::bytearray::ByteArray;
use runtime::objects::exceptions;
use runtime::objects::memoryview::MemoryView;
use runtime::prelude::*;

use super::state::unpickling_error;

/// How much is peeked at.
const PREFETCH: usize = 128 * 1024;
/// What `readinto` is first asked to fill: more comes when that much was really there.
const FIRST_PIECE: usize = 1 << 20;

enum Chunk {
    None,
    Bytes(Ref<Bytes>),
    Buffer(Buffer),
}

struct File {
    read: Ref,
    readline: Ref,
    readinto: Option<Ref>,
    peek: Option<Ref>,
}

pub struct Input {
    chunk: Chunk,
    /// How much of the chunk is used.
    position: usize,
    /// How much of the chunk may be read: the end of the current frame, or of the chunk.
    end: usize,
    in_frame: bool,
    /// How much of the chunk the file has given for good: the rest was peeked at.
    taken: usize,
    file: Option<File>,
}

#[cold]
pub fn truncated() -> Raised {
    unpickling_error("pickle data was truncated")
}

impl Input {
    pub fn of_data(data: &Object) -> Result<Input> {
        let mut input = Input::empty(None);
        input.set_chunk(data)?;
        Ok(input)
    }

    pub fn of_file(file: &Object) -> Result<Input> {
        let peek = file.get_attr_opt(intern!("peek"))?;
        let readinto = file.get_attr_opt(intern!("readinto"))?;
        let read = file.get_attr_opt(intern!("read"))?;
        let readline = file.get_attr_opt(intern!("readline"))?;
        let (Some(read), Some(readline)) = (read, readline) else {
            return Err(raise!(TypeError, "file must have 'read' and 'readline' attributes"));
        };
        Ok(Input::empty(Some(File { read, readline, readinto, peek })))
    }

    fn empty(file: Option<File>) -> Input {
        Input { chunk: Chunk::None, position: 0, end: 0, in_frame: false, taken: 0, file }
    }

    #[inline]
    fn data(&self) -> &[u8] {
        match &self.chunk {
            Chunk::Bytes(bytes) => bytes.as_slice(),
            Chunk::Buffer(buffer) => buffer.as_slice(),
            Chunk::None => &[],
        }
    }

    /// The next bytes, exactly so many.
    #[inline]
    pub fn read(&mut self, count: usize) -> Result<&[u8]> {
        if count > self.end - self.position {
            self.fill(count)?;
        }
        let start = self.position;
        self.position += count;
        Ok(&self.data()[start..start + count])
    }

    #[inline]
    pub fn read_byte(&mut self) -> Result<u8> {
        if self.position < self.end
            && let Some(&byte) = self.data().get(self.position)
        {
            self.position += 1;
            return Ok(byte);
        }
        Ok(self.read(1)?[0])
    }

    pub fn read_array<const N: usize>(&mut self) -> Result<[u8; N]> {
        self.read(N)?.try_into().map_err(|_| truncated())
    }

    /// A new frame: so many bytes lie in memory from here on, and nothing may reach over their end.
    pub fn begin_frame(&mut self, length: usize) -> Result<()> {
        if self.in_frame && self.position < self.end {
            return Err(unpickling_error("beginning of a new frame before end of current frame"));
        }
        self.leave_frame()?;
        if length > self.end - self.position {
            self.fill(length)?;
        }
        self.end = self.position + length;
        self.in_frame = true;
        Ok(())
    }

    /// Forgets the frame of a pickle that was read before.
    pub fn start(&mut self) {
        self.in_frame = false;
        self.end = self.data().len();
    }

    /// The current frame, if any, must be used up when more is wanted than is left of it.
    fn leave_frame(&mut self) -> Result<()> {
        if self.in_frame {
            if self.position < self.end {
                return Err(unpickling_error("pickle exhausted before end of frame"));
            }
            self.start();
        }
        Ok(())
    }

    #[cold]
    fn fill(&mut self, count: usize) -> Result<()> {
        self.leave_frame()?;
        if count <= self.end - self.position {
            return Ok(());
        }
        if count > isize::MAX as usize - self.position {
            return Err(unpickling_error("read would overflow (invalid bytecode)"));
        }
        if self.file.is_none() || self.take_from_file(Some(count))? < count {
            return Err(truncated());
        }
        Ok(())
    }

    /// The rest of a line, with its newline.
    pub fn read_line(&mut self) -> Result<&[u8]> {
        if self.position == self.end {
            self.leave_frame()?;
        }
        let start = self.position;
        if let Some(length) = self.data()[start..self.end].iter().position(|&byte| byte == b'\n') {
            self.position = start + length + 1;
            return Ok(&self.data()[start..start + length + 1]);
        }
        self.leave_frame()?;
        if self.file.is_none() {
            return Err(truncated());
        }
        let length = self.take_from_file(None)?;
        if self.data()[..length].last() != Some(&b'\n') {
            return Err(truncated());
        }
        self.position = length;
        Ok(&self.data()[..length])
    }

    /// The next bytes as an object; large ones come straight from the file.
    pub fn read_bytes(&mut self, count: usize) -> Result<Ref<Bytes>> {
        if count <= self.end - self.position || self.file.is_none() {
            return Bytes::try_new(self.read(count)?);
        }
        Bytes::try_new(&self.read_large(count)?)
    }

    pub fn read_bytearray(&mut self, count: usize) -> Result<Ref<ByteArray>> {
        if count <= self.end - self.position || self.file.is_none() {
            return ByteArray::try_new(self.read(count)?);
        }
        ByteArray::try_new(&self.read_large(count)?)
    }

    fn read_large(&mut self, count: usize) -> Result<Vec<u8>> {
        self.leave_frame()?;
        if count <= self.end - self.position {
            return self.read(count).map(<[u8]>::to_vec);
        }
        let mut bytes = self.data()[self.position..].to_vec();
        self.position += bytes.len();
        self.skip_used()?;
        let Some(file) = &self.file else { return Err(truncated()) };
        let Some(readinto) = file.readinto.clone() else {
            let left = count - bytes.len();
            let data = file.read.clone().call(&[&*Int::from_usize(left)])?;
            let Some(data) = data.downcast::<Bytes>() else {
                let kind = data.ty().repr()?;
                return Err(raise!(ValueError, "read() returned non-bytes object ({kind})"));
            };
            let Some(data) = data.as_slice().get(..left) else { return Err(truncated()) };
            bytes.extend_from_slice(data);
            return Ok(bytes);
        };
        let mut piece = FIRST_PIECE;
        while bytes.len() < count {
            let wanted = piece.min(count - bytes.len());
            let array = ByteArray::new(&[]);
            array.resize(wanted)?;
            let view = MemoryView::of(&array)?;
            let given = readinto.call(&[&view])?;
            view.call_method(intern!("release"), &[])?;
            if given.to_isize_index(&exceptions::OverflowError)? < wanted as isize {
                return Err(truncated());
            }
            if bytes.try_reserve(wanted).is_err() {
                return Err(no_memory());
            }
            bytes.extend_from_slice(&array.to_vec());
            piece = piece.saturating_mul(2);
        }
        Ok(bytes)
    }

    /// Reads from the file what was peeked at and used since.
    pub fn skip_used(&mut self) -> Result<()> {
        let used = self.position.saturating_sub(self.taken);
        if used > 0
            && let Some(file) = &self.file
        {
            file.read.clone().call(&[&*Int::from_usize(used)])?;
            self.taken = self.position;
        }
        Ok(())
    }

    /// A new chunk from the file: so many bytes, or a line. Gives its length.
    fn take_from_file(&mut self, count: Option<usize>) -> Result<usize> {
        self.skip_used()?;
        let Some(file) = &self.file else { return Ok(0) };
        let data = match count {
            None => file.readline.clone().call(&[])?,
            Some(count) => {
                let read = file.read.clone();
                if let Some(peek) = file.peek.clone()
                    && count < PREFETCH
                {
                    match peek.call(&[&*Int::from_usize(PREFETCH)]) {
                        Ok(data) => {
                            let length = self.set_chunk(&data)?;
                            self.taken = 0;
                            if count <= length {
                                return Ok(length);
                            }
                        }
                        Err(raised) if raised.matches(&exceptions::NotImplementedError) => {
                            raised.clear();
                            if let Some(file) = &mut self.file {
                                file.peek = None;
                            }
                        }
                        Err(raised) => return Err(raised),
                    }
                }
                read.call(&[&*Int::from_usize(count)])?
            }
        };
        self.set_chunk(&data)
    }

    fn set_chunk(&mut self, data: &Object) -> Result<usize> {
        self.chunk = Chunk::None;
        (self.position, self.taken) = (0, 0);
        self.start();
        self.chunk = match data.downcast_exact::<Bytes>() {
            Some(bytes) => Chunk::Bytes(Ref::from_borrowed(bytes)),
            None => Chunk::Buffer(Buffer::acquire(data, abi::PyBUF_CONTIG_RO)?),
        };
        self.start();
        self.taken = self.end;
        Ok(self.taken)
    }
}

impl Traverse for Input {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        let Some(file) = &self.file else { return 0 };
        let references = [Some(&file.read), Some(&file.readline), file.readinto.as_ref(), file.peek.as_ref()];
        let visits = references.into_iter().flatten().map(|reference| visitor.visit(reference));
        visits.into_iter().find(|&stop| stop != 0).unwrap_or(0)
    }
}
