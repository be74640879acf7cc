//! The method resolution order: C3 linearization, and classes with an `mro()` of their own.
//! <https://docs.python.org/3.14/howto/mro.html>.

use super::Type;
use crate::errors::Result;
use crate::object::Object;
use crate::objects::object::OBJECT_TYPE;
use crate::objects::tuple::Tuple;
use crate::objects::r#type::TYPE_TYPE;
use crate::reference::Ref;
use crate::{intern, raise};

impl Type {
    /// The linearization by C3, `self` first.
    pub fn compute_mro(&self) -> Result<Vec<Ref>> {
        let Some(bases) = self.bases() else { return Ok(vec![self.to_ref()]) };
        let mut sequences: Vec<Vec<Ref>> = Vec::with_capacity(bases.len() + 1);
        for base in bases.as_slice() {
            let base = base.downcast::<Type>().expect("bases are types");
            match base.mro() {
                Some(mro) => sequences.push(mro.as_slice().to_vec()),
                None => {
                    return Err(raise!(TypeError, "Cannot extend an incomplete type '{}'", base.full_name()));
                }
            }
        }
        let mut result = vec![self.to_ref()];
        if sequences.len() == 1 {
            result.append(&mut sequences[0]);
            return Ok(result);
        }
        let bases = bases.as_slice();
        for (index, base) in bases.iter().enumerate() {
            if bases[index + 1..].iter().any(|other| other.is_same(base)) {
                return Err(duplicate_base(base));
            }
        }
        sequences.push(bases.to_vec());
        merge(&mut result, &sequences)?;
        Ok(result)
    }

    /// Sets `tp_mro`. With an `mro()` of the metatype's own, that decides. False if the call replaced the MRO itself.
    pub(super) fn update_mro(&self) -> Result<bool> {
        let old = self.raw.tp_mro.get();
        // What the field held must stay alive, lest a new tuple get its address.
        let _keep = self.mro();
        let custom = !std::ptr::eq(self.ty(), &*TYPE_TYPE) && has_custom_mro(self);
        let mro = if custom { self.call_mro()? } else { Tuple::from_vec(self.compute_mro()?) };
        if self.raw.tp_mro.get() != old {
            return Ok(false);
        }
        Type::set_field(&self.raw.tp_mro, Some(mro.into_object()));
        self.check_cacheable(custom);
        if self.is_ready() {
            self.modified();
        }
        Ok(true)
    }

    fn call_mro(&self) -> Result<Ref<Tuple>> {
        let mro = match self.lookup_special(intern!("mro"))? {
            Some(method) => method.call(&[])?,
            None => return Err(raise!(AttributeError, "mro")),
        };
        let mro = super::bridge::tuple_from(&mro)?;
        let solid = self.solid_base();
        for class in mro.as_slice() {
            let Some(class) = class.downcast::<Type>() else {
                return Err(raise!(TypeError, "mro() returned a non-class ('{}')", class.ty().full_name()));
            };
            if !solid.is_subtype(class.solid_base()) {
                return Err(raise!(
                    TypeError,
                    "mro() returned base with unsuitable layout ('{}')",
                    class.full_name()
                ));
            }
        }
        Ok(mro)
    }

    /// A type whose MRO does not follow from its bases can change unnoticed: it may not be cached.
    fn check_cacheable(&self, custom: bool) {
        let bases_cover = self.bases().is_none_or(|bases| {
            bases
                .as_slice()
                .iter()
                .all(|base| base.downcast::<Type>().is_some_and(|base| self.is_subtype(base)))
        });
        if custom || !bases_cover {
            self.make_uncacheable();
        }
    }
}

/// Does the metatype override `type.mro`?
fn has_custom_mro(ty: &Type) -> bool {
    let found = ty.ty().lookup(intern!("mro"));
    let own = TYPE_TYPE.lookup(intern!("mro"));
    match (found, own) {
        (Some(found), Some(own)) => !found.is_same(&own),
        _ => false,
    }
}

/// C3: the first head that is in no tail, again and again.
fn merge(result: &mut Vec<Ref>, sequences: &[Vec<Ref>]) -> Result<()> {
    let mut heads = vec![0; sequences.len()];
    loop {
        let mut exhausted = 0;
        let mut next = None;
        for (sequence, &head) in sequences.iter().zip(&heads) {
            let Some(candidate) = sequence.get(head) else {
                exhausted += 1;
                continue;
            };
            let in_tail = sequences
                .iter()
                .zip(&heads)
                .any(|(other, &head)| other.iter().skip(head + 1).any(|class| class.is_same(candidate)));
            if !in_tail {
                next = Some(candidate.clone());
                break;
            }
        }
        let Some(next) = next else {
            if exhausted == sequences.len() {
                return Ok(());
            }
            return Err(inconsistent(sequences, &heads));
        };
        for (sequence, head) in sequences.iter().zip(&mut heads) {
            if sequence.get(*head).is_some_and(|class| class.is_same(&next)) {
                *head += 1;
            }
        }
        result.push(next);
    }
}

#[cold]
fn duplicate_base(base: &Object) -> crate::errors::Raised {
    match base.get_attr_opt(intern!("__name__")) {
        Ok(Some(name)) => match name.str_() {
            Ok(name) => raise!(TypeError, "duplicate base class {name}"),
            Err(raised) => raised,
        },
        Ok(None) => raise!(TypeError, "duplicate base class"),
        Err(raised) => raised,
    }
}

#[cold]
fn inconsistent(sequences: &[Vec<Ref>], heads: &[usize]) -> crate::errors::Raised {
    let mut blocked: Vec<&Ref> = Vec::new();
    for (sequence, &head) in sequences.iter().zip(heads) {
        if let Some(class) = sequence.get(head)
            && !blocked.iter().any(|other| other.is_same(class))
        {
            blocked.push(class);
        }
    }
    let names: Vec<&str> =
        blocked.iter().filter_map(|class| class.downcast::<Type>()).map(Type::name).collect();
    raise!(
        TypeError,
        "Cannot create a consistent method resolution order (MRO) for bases {}",
        names.join(", ")
    )
}

impl Type {
    /// Does this type add C fields to its base's? Its own dictionary and weak references do not count.
    fn extends_layout(&self, base: &Type) -> bool {
        let (own, inherited) = (&self.raw, &base.raw);
        if own.tp_itemsize.get() != 0 || inherited.tp_itemsize.get() != 0 {
            return own.tp_basicsize.get() != inherited.tp_basicsize.get()
                || own.tp_itemsize.get() != inherited.tp_itemsize.get();
        }
        let mut size = own.tp_basicsize.get();
        let word = size_of::<usize>() as isize;
        if self.is_heap_type() {
            if own.tp_weaklistoffset.get() != 0
                && inherited.tp_weaklistoffset.get() == 0
                && own.tp_weaklistoffset.get() + word == size
            {
                size -= word;
            }
            if !self.has_flag(abi::Py_TPFLAGS_MANAGED_DICT)
                && own.tp_dictoffset.get() != 0
                && inherited.tp_dictoffset.get() == 0
                && own.tp_dictoffset.get() + word == size
            {
                size -= word;
            }
        }
        size != inherited.tp_basicsize.get()
    }

    /// The nearest type whose C layout the instances have.
    pub(super) fn solid_base(&self) -> &Type {
        let base = match self.base() {
            Some(base) => base.solid_base(),
            None => &OBJECT_TYPE,
        };
        if self.extends_layout(base) { self } else { base }
    }
}

/// The base among `bases` whose layout includes all others'; the message of a conflict otherwise.
pub(super) fn best_base(bases: &Tuple) -> Result<Ref<Type>> {
    let mut winner: Option<&Type> = None;
    let mut best: Option<&Type> = None;
    for base in bases.as_slice() {
        let Some(base) = base.downcast::<Type>() else {
            return Err(raise!(TypeError, "bases must be types"));
        };
        if !base.is_ready() {
            base.ready()?;
        }
        if !base.has_flag(abi::Py_TPFLAGS_BASETYPE) {
            return Err(raise!(TypeError, "type '{}' is not an acceptable base type", base.full_name()));
        }
        let candidate = base.solid_base();
        match winner {
            None => (winner, best) = (Some(candidate), Some(base)),
            Some(current) if current.is_subtype(candidate) => {}
            Some(current) if candidate.is_subtype(current) => (winner, best) = (Some(candidate), Some(base)),
            Some(_) => return Err(raise!(TypeError, "multiple bases have instance lay-out conflict")),
        }
    }
    Ok(best.expect("there is at least one base").to_type_ref())
}

/// `type.mro()`.
pub(super) fn mro_list(ty: &Type) -> Result {
    Ok(crate::objects::list::List::from_vec(ty.compute_mro()?).into_object())
}
