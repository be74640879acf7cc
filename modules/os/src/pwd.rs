//! `pwd`: the database of users. <https://docs.python.org/3.14/library/pwd.html>.

use std::ffi::CString;

use runtime::prelude::*;

use runtime::native::system::*;

use crate::look_up::look_up;

module! {
    name: "pwd",
    doc: "The users of the system, as tuples with names (see struct_passwd).",
    functions: [getpwuid, getpwnam, getpwall],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    declare_sequence(
        module,
        "pwd.struct_passwd",
        "pwd.struct_passwd: an entry: name, password, numbers of user and group, real name,\nhome and shell, under the names pw_name, pw_passwd, pw_uid, pw_gid, pw_gecos, pw_dir\nand pw_shell.",
        &[
            ("pw_name", "user name"),
            ("pw_passwd", "password"),
            ("pw_uid", "user id"),
            ("pw_gid", "group id"),
            ("pw_gecos", "real name"),
            ("pw_dir", "home directory"),
            ("pw_shell", "shell program"),
        ],
        7,
    )
}

/// An entry, copied out of C's memory: name, password, comment, directory, shell; the two ids.
struct Entry {
    texts: [Option<Vec<u8>>; 5],
    uid: u32,
    gid: u32,
}

fn copied(text: *const libc::c_char) -> Option<Vec<u8>> {
    (!text.is_null()).then(|| c!(std::ffi::CStr::from_ptr(text)).to_bytes().to_vec())
}

impl Entry {
    fn of(entry: &libc::passwd) -> Entry {
        let texts = [entry.pw_name, entry.pw_passwd, entry.pw_gecos, entry.pw_dir, entry.pw_shell];
        Entry { texts: texts.map(|text| copied(text)), uid: entry.pw_uid, gid: entry.pw_gid }
    }

    fn to_object(&self) -> Result {
        let [name, password, comment, directory, shell] = &self.texts;
        let text = |text: &Option<Vec<u8>>| match text {
            Some(text) => decode(text).into_object(),
            None => none(),
        };
        let ids = [int(id_result(self.uid)), int(id_result(self.gid))];
        let [uid, gid] = ids;
        sequence(
            "pwd.struct_passwd",
            vec![text(name), text(password), uid, gid, text(comment), text(directory), text(shell)],
        )
    }
}

/// The entry of a user by number; KeyError if there is none.
#[function(signature = "($module, uidobj, /)")]
fn getpwuid(_module: &Module, uidobj: &Object) -> Result {
    let uid = match id(uidobj, "uid") {
        Ok(uid) => uid,
        Err(raised) if raised.matches(&runtime::objects::exceptions::OverflowError) => {
            raised.clear();
            return Err(raise!(KeyError, "getpwuid(): uid not found"));
        }
        Err(raised) => return Err(raised),
    };
    let found = look_up(
        |entry, buffer, room, found| c!(libc::getpwuid_r(uid, entry, buffer, room, found)),
        Entry::of,
    )?;
    match found {
        Some(entry) => entry.to_object(),
        None => Err(raise!(KeyError, "getpwuid(): uid not found: {}", id_result(uid))),
    }
}

/// The entry of a user by name; KeyError if there is none.
#[function(signature = "($module, name, /)")]
fn getpwnam(_module: &Module, name: &Str) -> Result {
    let text = CString::new(encode(name)?).map_err(|_| raise!(ValueError, "embedded null byte"))?;
    let found = look_up(
        |entry, buffer, room, found| c!(libc::getpwnam_r(text.as_ptr(), entry, buffer, room, found)),
        Entry::of,
    )?;
    match found {
        Some(entry) => entry.to_object(),
        None => Err(raise!(KeyError, "getpwnam(): name not found: {}", name.repr()?)),
    }
}

/// All entries, as a list in no particular order.
#[function(signature = "($module, /)")]
fn getpwall(_module: &Module) -> Result<Ref<List>> {
    let list = List::new();
    let mut entries = Vec::new();
    // The position is the process's: nobody else may step in between.
    c!(libc::setpwent());
    while let Some(entry) = c!(libc::getpwent().as_ref()) {
        entries.push(Entry::of(entry));
    }
    c!(libc::endpwent());
    for entry in entries {
        list.push(entry.to_object()?)?;
    }
    Ok(list)
}
