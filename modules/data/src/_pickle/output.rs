//! What a pickler has written: framing (PEP 3154), and handing it on to the file.

use runtime::errors::no_memory;
use runtime::prelude::*;

use super::opcodes::FRAME;

/// A frame ends at the first instruction after that many bytes.
const FRAME_TARGET: usize = 64 * 1024;
/// Shorter ones are not worth a frame.
const FRAME_MIN: usize = 4;
const FRAME_HEADER: usize = 9;

pub struct Output {
    bytes: Vec<u8>,
    framing: bool,
    /// Where the current frame's header lies.
    frame_start: Option<usize>,
    /// `file.write`; without one everything is kept.
    write: Option<Ref>,
}

impl Output {
    pub fn new(write: Option<Ref>) -> Output {
        Output { bytes: Vec::new(), framing: false, frame_start: None, write }
    }

    /// From here on everything goes into frames.
    pub fn start_framing(&mut self) {
        self.framing = true;
    }

    #[inline]
    pub fn put(&mut self, bytes: &[u8]) {
        if self.framing && self.frame_start.is_none() {
            self.open_frame();
        }
        self.bytes.extend_from_slice(bytes);
    }

    #[inline]
    pub fn put_byte(&mut self, byte: u8) {
        if self.framing && self.frame_start.is_none() {
            self.open_frame();
        }
        self.bytes.push(byte);
    }

    fn open_frame(&mut self) {
        self.frame_start = Some(self.bytes.len());
        self.bytes.extend_from_slice(&[0; FRAME_HEADER]);
    }

    fn close_frame(&mut self) {
        let Some(start) = self.frame_start.take() else { return };
        let content = start + FRAME_HEADER;
        let length = self.bytes.len() - content;
        if length >= FRAME_MIN {
            self.bytes[start] = FRAME;
            self.bytes[start + 1..content].copy_from_slice(&(length as u64).to_le_bytes());
        } else {
            self.bytes.drain(start..content);
        }
    }

    /// Between two instructions: here a frame may end.
    #[inline]
    pub fn boundary(&mut self) -> Result<()> {
        match self.frame_start {
            Some(start) if self.bytes.len() - start - FRAME_HEADER >= FRAME_TARGET => self.end_frame(),
            _ => Ok(()),
        }
    }

    #[cold]
    fn end_frame(&mut self) -> Result<()> {
        self.close_frame();
        if self.write.is_some() { self.flush() } else { Ok(()) }
    }

    /// Hands what there is to the file.
    fn flush(&mut self) -> Result<()> {
        self.close_frame();
        if let Some(write) = &self.write {
            let bytes = Bytes::try_new(&std::mem::take(&mut self.bytes))?;
            write.call(&[&bytes])?;
        }
        Ok(())
    }

    /// An instruction with much data: it stands outside of frames, and goes to the file as it is. `payload` is an object
    /// with the same bytes, if there is one.
    pub fn put_data(&mut self, header: &[u8], data: &[u8], payload: Option<&Object>) -> Result<()> {
        if data.len() < FRAME_TARGET {
            self.put(header);
            self.put(data);
            return Ok(());
        }
        self.close_frame();
        let framing = std::mem::replace(&mut self.framing, false);
        self.put(header);
        match self.write.clone() {
            Some(write) => {
                self.flush()?;
                match payload {
                    Some(payload) => write.call(&[payload])?,
                    None => write.call(&[&*Bytes::try_new(data)?])?,
                };
            }
            None => {
                if self.bytes.try_reserve(data.len()).is_err() {
                    return Err(no_memory());
                }
                self.put(data);
            }
        }
        self.framing = framing;
        Ok(())
    }

    /// The end: gives what is left, or hands it to the file.
    pub fn finish(mut self) -> Result<Vec<u8>> {
        self.close_frame();
        if self.write.is_some() {
            self.flush()?;
        }
        Ok(self.bytes)
    }
}
