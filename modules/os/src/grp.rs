//! `grp`: the database of groups. <https://docs.python.org/3.14/library/grp.html>.

use std::ffi::{CStr, CString};

use runtime::prelude::*;

use runtime::native::system::*;

use crate::look_up::look_up;

module! {
    name: "grp",
    doc: "The groups of the system, as tuples with names (see struct_group).",
    functions: [getgrgid, getgrnam, getgrall],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    declare_sequence(
        module,
        "grp.struct_group",
        "grp.struct_group: an entry: name, password, number and members.\n\nItems have names: gr_name, gr_passwd, gr_gid, gr_mem.\n",
        &[
            ("gr_name", "group name"),
            ("gr_passwd", "password"),
            ("gr_gid", "group id"),
            ("gr_mem", "group members"),
        ],
        4,
    )
}

/// An entry, copied out of C's memory.
struct Entry {
    name: Vec<u8>,
    password: Option<Vec<u8>>,
    gid: u32,
    members: Vec<Vec<u8>>,
}

fn copied(text: *const libc::c_char) -> Option<Vec<u8>> {
    (!text.is_null()).then(|| c!(CStr::from_ptr(text)).to_bytes().to_vec())
}

impl Entry {
    fn of(entry: &libc::group) -> Entry {
        let mut members = Vec::new();
        let mut next = entry.gr_mem;
        while !next.is_null()
            && let Some(member) = copied(c!(*next))
        {
            members.push(member);
            next = c!(next.add(1));
        }
        let (name, password) = (copied(entry.gr_name).unwrap_or_default(), copied(entry.gr_passwd));
        Entry { name, password, gid: entry.gr_gid, members }
    }

    fn to_object(&self) -> Result {
        let members = self.members.iter().map(|member| decode(member).into_object()).collect();
        let password = match &self.password {
            Some(password) => decode(password).into_object(),
            None => none(),
        };
        sequence(
            "grp.struct_group",
            vec![
                decode(&self.name).into_object(),
                password,
                int(id_result(self.gid)),
                List::from_vec(members).into_object(),
            ],
        )
    }
}

/// The entry of a group by its number; KeyError if there is none.
#[function(signature = "($module, /, id)")]
fn getgrgid(_module: &Module, id: &Object) -> Result {
    let gid = runtime::native::system::id(id, "gid")?;
    let found = look_up(
        |entry, buffer, room, found| c!(libc::getgrgid_r(gid, entry, buffer, room, found)),
        Entry::of,
    )?;
    match found {
        Some(entry) => entry.to_object(),
        None => Err(raise!(KeyError, "getgrgid(): gid not found: {}", id_result(gid))),
    }
}

/// The entry of a group by its name; KeyError if there is none.
#[function(signature = "($module, /, name)")]
fn getgrnam(_module: &Module, name: &Str) -> Result {
    let text = CString::new(encode(name)?).map_err(|_| raise!(ValueError, "embedded null byte"))?;
    let found = look_up(
        |entry, buffer, room, found| c!(libc::getgrnam_r(text.as_ptr(), entry, buffer, room, found)),
        Entry::of,
    )?;
    match found {
        Some(entry) => entry.to_object(),
        None => Err(raise!(KeyError, "getgrnam(): name not found: {}", name.repr()?)),
    }
}

/// All entries, as a list in no particular order.
#[function(signature = "($module, /)")]
fn getgrall(_module: &Module) -> Result<Ref<List>> {
    let list = List::new();
    let mut entries = Vec::new();
    // The position is the process's: nobody else may step in between.
    c!(libc::setgrent());
    while let Some(entry) = c!(libc::getgrent().as_ref()) {
        entries.push(Entry::of(entry));
    }
    c!(libc::endgrent());
    for entry in entries {
        list.push(entry.to_object()?)?;
    }
    Ok(list)
}
