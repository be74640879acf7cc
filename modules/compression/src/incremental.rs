//! What the decompressors that take their input bit by bit share: input left over, the end, what follows it.

use runtime::prelude::*;

/// The longest output to allocate at once where it isn't known how much will come.
const STEP: usize = 1 << 20;

/// Room for output that grows as it fills, up to a limit.
pub struct Output {
    pub bytes: Vec<u8>,
    limit: Option<usize>,
}

impl Output {
    /// `limit` negative: none.
    pub fn new(limit: isize) -> Output {
        Output { bytes: Vec::new(), limit: usize::try_from(limit).ok() }
    }

    /// The part that is free, at least one byte; None if the limit is reached or memory is.
    pub fn room(&mut self) -> Option<&mut [std::mem::MaybeUninit<u8>]> {
        let left = self.limit.map_or(usize::MAX, |limit| limit - self.bytes.len());
        if left == 0 {
            return None;
        }
        if self.bytes.len() == self.bytes.capacity() {
            let more = self.bytes.len().clamp(32 << 10, STEP.max(self.bytes.len() / 2)).min(left);
            self.bytes.try_reserve_exact(more).ok()?;
        }
        let room = self.bytes.spare_capacity_mut();
        let size = room.len().min(left).min(1 << 30);
        Some(&mut room[..size])
    }

    /// So many bytes of the room have been written.
    #[allow(unsafe_code)]
    pub fn written(&mut self, count: usize) {
        debug_assert!(count <= self.bytes.capacity() - self.bytes.len());
        // SAFETY: the library that was given the room has filled in so many bytes of it.
        unsafe { self.bytes.set_len(self.bytes.len() + count) };
    }

    pub fn is_full(&self) -> bool {
        self.limit.is_some_and(|limit| self.bytes.len() >= limit)
    }
}

/// What one step of a decompressor came to.
pub struct Step {
    pub output: Vec<u8>,
    /// How much of the input it took.
    pub used: usize,
    pub ended: bool,
    /// Might more output come without more input?
    pub more: bool,
}

/// A decompressor with the input that it hasn't taken yet.
pub struct Incremental<T> {
    pub decoder: T,
    pending: Vec<u8>,
    pub unused: Vec<u8>,
    pub ended: bool,
    pub needs_input: bool,
}

impl<T> Incremental<T> {
    pub fn new(decoder: T) -> Incremental<T> {
        Incremental { decoder, pending: Vec::new(), unused: Vec::new(), ended: false, needs_input: true }
    }

    /// Decompresses what was left over and `data`. None: the stream has ended before.
    pub fn step<E>(
        &mut self,
        data: &[u8],
        decompress: impl FnOnce(&mut T, &[u8]) -> std::result::Result<Step, E>,
    ) -> Option<std::result::Result<Vec<u8>, E>> {
        if self.ended {
            return None;
        }
        let mut pending = std::mem::take(&mut self.pending);
        let input = if pending.is_empty() {
            data
        } else {
            pending.extend_from_slice(data);
            &pending
        };
        let step = match decompress(&mut self.decoder, input) {
            Ok(step) => step,
            Err(error) => return Some(Err(error)),
        };
        let rest = &input[step.used..];
        self.ended = step.ended;
        if step.ended {
            self.unused = rest.to_vec();
            self.needs_input = false;
        } else {
            self.needs_input = rest.is_empty() && !step.more;
            self.pending = rest.to_vec();
        }
        Some(Ok(step.output))
    }
}

/// The error for input after the end.
#[cold]
pub fn already_ended() -> Raised {
    raise!(EOFError, "End of stream already reached")
}
