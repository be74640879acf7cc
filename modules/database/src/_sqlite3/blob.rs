//! Blobs that are read and written in place.

use std::cell::Cell;

use libsqlite3_sys as sys;
use runtime::objects::slice::Slice;
use runtime::prelude::*;

use super::connection::Connection;
use super::errors::{Kind, raise_last, raise_only};
use super::ffi::{BlobHandle, unlocked};

struct Handle(Cell<Option<BlobHandle>>);

impl Handle {
    fn close(&self) {
        if let Some(blob) = self.0.take() {
            unlocked(move || blob.close());
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.close();
    }
}

#[class(name = "sqlite3.Blob", flags(GC, DISALLOW_INSTANTIATION))]
#[repr(C)]
pub struct Blob {
    head: Object,
    #[gc(skip)]
    handle: Handle,
    #[gc(skip)]
    offset: Cell<usize>,
    connection: Link<Connection>,
    #[weaklist]
    weakrefs: WeakList,
}

impl Blob {
    pub fn create(connection: &Connection, blob: BlobHandle) -> Ref<Blob> {
        Ref::new(Blob {
            head: Object::HEAD,
            handle: Handle(Cell::new(Some(blob))),
            offset: Cell::new(0),
            connection: Link::new(Ref::from_borrowed(connection)),
            weakrefs: WeakList::default(),
        })
    }

    fn check_connection(&self) -> Result<()> {
        if let Some(connection) = self.connection.get() {
            connection.checked()?;
        }
        Ok(())
    }

    fn blob(&self) -> Result<BlobHandle> {
        self.check_connection()?;
        match self.handle.0.get() {
            Some(blob) => Ok(blob),
            None => Err(Kind::ProgrammingError.raise("Cannot operate on a closed blob.")),
        }
    }

    fn failed(&self, code: i32) -> Raised {
        if code == sys::SQLITE_ABORT {
            return Kind::OperationalError.raise("Cannot operate on modified blob");
        }
        let db = self.connection.get().and_then(|connection| connection.open_db().ok());
        match db {
            Some(db) => raise_last(db),
            None => raise_only(code),
        }
    }

    fn read_at(&self, offset: usize, len: usize) -> Result<Vec<u8>> {
        let blob = self.blob()?;
        let mut data = vec![0; len];
        let code = {
            let data = &mut data;
            unlocked(move || blob.read(data, offset))
        };
        if code == sys::SQLITE_OK { Ok(data) } else { Err(self.failed(code)) }
    }

    fn write_at(&self, offset: usize, data: &[u8]) -> Result<()> {
        let blob = self.blob()?;
        if data.len() > blob.len().saturating_sub(offset) {
            return Err(raise!(ValueError, "data longer than blob length"));
        }
        let code = unlocked(move || blob.write(data, offset));
        if code == sys::SQLITE_OK { Ok(()) } else { Err(self.failed(code)) }
    }

    fn index_of(&self, key: &Object) -> Result<usize> {
        let len = self.blob()?.len() as isize;
        let index = key.to_isize_index(&runtime::objects::exceptions::IndexError)?;
        let index = if index < 0 { index + len } else { index };
        if index < 0 || index >= len {
            return Err(raise!(IndexError, "Blob index out of range"));
        }
        Ok(index as usize)
    }
}

#[methods]
impl Blob {
    /// Close the blob.
    #[method(signature = "($self, /)")]
    fn close(&self) -> Result<()> {
        self.check_connection()?;
        self.handle.close();
        Ok(())
    }

    /// Read data at the current offset position.
    #[method(signature = "($self, length=-1, /)")]
    fn read(&self, length: isize) -> Result<Ref<Bytes>> {
        let left = self.blob()?.len().saturating_sub(self.offset.get());
        let length = usize::try_from(length).map_or(left, |length| length.min(left));
        if length == 0 {
            return Ok(Bytes::new(&[]));
        }
        let data = self.read_at(self.offset.get(), length)?;
        self.offset.set(self.offset.get() + length);
        Ok(Bytes::new(&data))
    }

    /// Write data at the current offset. The size of the blob does not change.
    #[method(signature = "($self, data, /)")]
    fn write(&self, data: &Object) -> Result<()> {
        let data = Buffer::of(data)?.as_slice().to_vec();
        self.write_at(self.offset.get(), &data)?;
        self.offset.set(self.offset.get() + data.len());
        Ok(())
    }

    /// Set the current access position to offset.
    #[method(signature = "($self, offset, origin=0, /)")]
    fn seek(&self, offset: i32, origin: i32) -> Result<()> {
        let len = self.blob()?.len() as i64;
        let start = match origin {
            0 => 0,
            1 => self.offset.get() as i64,
            2 => len,
            _ => {
                return Err(raise!(
                    ValueError,
                    "'origin' should be os.SEEK_SET, os.SEEK_CUR, or os.SEEK_END"
                ));
            }
        };
        let place = start + i64::from(offset);
        if start + i64::from(offset) > i64::from(i32::MAX) {
            return Err(raise!(OverflowError, "seek offset results in offset overflow"));
        }
        if place < 0 || place > len {
            return Err(raise!(ValueError, "offset out of blob range"));
        }
        self.offset.set(place as usize);
        Ok(())
    }

    /// Return the current access position for the blob.
    #[method(signature = "($self, /)")]
    fn tell(&self) -> Result<usize> {
        self.blob()?;
        Ok(self.offset.get())
    }

    /// Blob context manager enter.
    #[method(name = "__enter__", signature = "($self, /)")]
    fn enter(&self) -> Result {
        self.blob()?;
        Ok(self.to_ref())
    }

    /// Blob context manager exit.
    #[method(name = "__exit__", signature = "($self, type, val, tb, /)")]
    fn exit(&self, r#type: &Object, val: &Object, tb: &Object) -> Result<bool> {
        let _ = (r#type, val, tb);
        self.blob()?;
        self.handle.close();
        Ok(false)
    }

    #[slot]
    fn mp_length(&self) -> Result<usize> {
        Ok(self.blob()?.len())
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result {
        self.blob()?;
        if let Some(slice) = key.downcast::<Slice>() {
            let range = slice.resolve(self.blob()?.len())?;
            let places: Vec<usize> = range.indices().collect();
            let (Some(&low), Some(&high)) = (places.iter().min(), places.iter().max()) else {
                return Ok(Bytes::new(&[]).into_object());
            };
            let data = self.read_at(low, high - low + 1)?;
            let picked: Vec<u8> = places.iter().map(|&place| data[place - low]).collect();
            return Ok(Bytes::new(&picked).into_object());
        }
        if key.ty().nb_index().is_none() {
            return Err(raise!(TypeError, "Blob indices must be integers"));
        }
        let index = self.index_of(key)?;
        Ok(Int::new(self.read_at(index, 1)?[0].into()).into_object())
    }

    #[slot]
    fn mp_ass_subscript(&self, key: &Object, value: Option<&Object>) -> Result<()> {
        self.blob()?;
        if let Some(slice) = key.downcast::<Slice>() {
            let Some(value) = value else {
                return Err(raise!(TypeError, "Blob doesn't support slice deletion"));
            };
            let range = slice.resolve(self.blob()?.len())?;
            let places: Vec<usize> = range.indices().collect();
            let data = Buffer::of(value)?.as_slice().to_vec();
            if data.len() != places.len() {
                return Err(raise!(IndexError, "Blob slice assignment is wrong size"));
            }
            let (Some(&low), Some(&high)) = (places.iter().min(), places.iter().max()) else { return Ok(()) };
            let mut all = self.read_at(low, high - low + 1)?;
            for (&place, &byte) in places.iter().zip(&data) {
                all[place - low] = byte;
            }
            return self.write_at(low, &all);
        }
        if key.ty().nb_index().is_none() {
            return Err(raise!(TypeError, "Blob indices must be integers"));
        }
        let Some(value) = value else {
            return Err(raise!(TypeError, "Blob doesn't support item deletion"));
        };
        let Some(int) = value.downcast::<Int>() else {
            let kind = value.ty().full_name();
            return Err(raise!(TypeError, "'{kind}' object cannot be interpreted as an integer"));
        };
        let index = self.index_of(key)?;
        let Some(byte) = int.to_i64().and_then(|value| u8::try_from(value).ok()) else {
            return Err(raise!(ValueError, "byte must be in range(0, 256)"));
        };
        self.write_at(index, &[byte])
    }
}
