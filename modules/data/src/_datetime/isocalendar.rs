//! `IsoCalendarDate`: what `isocalendar` gives, a tuple with names.

use runtime::prelude::*;

/// What isocalendar() gives: a tuple of year, week and weekday, which are attributes too.
#[class(name = "datetime.IsoCalendarDate", basicsize = size_of::<runtime::native::abi::PyTupleObject>(), flags(GC))]
#[repr(C)]
pub struct IsoCalendarDate {
    base: Tuple,
}

impl IsoCalendarDate {
    pub fn make(year: i32, week: i32, weekday: i32) -> Result {
        IsoCalendarDate::make_in(IsoCalendarDate::type_object(), year, week, weekday)
    }

    fn make_in(class: &Type, year: i32, week: i32, weekday: i32) -> Result {
        let items = [year, week, weekday].map(|number| Int::new(number.into()).into_object());
        Ok(Tuple::new_in(class, Vec::from(items))?.into_object())
    }

    fn item(&self, index: usize) -> Result {
        self.base.get(index).ok_or_else(|| raise!(IndexError, "tuple index out of range"))
    }
}

#[methods]
impl IsoCalendarDate {
    #[new(signature = "(year, week, weekday)", hidden_signature)]
    fn tp_new(class: &Type, year: i32, week: i32, weekday: i32) -> Result {
        IsoCalendarDate::make_in(class, year, week, weekday)
    }

    #[getter(doc = "")]
    fn year(&self) -> Result {
        self.item(0)
    }

    #[getter(doc = "")]
    fn week(&self) -> Result {
        self.item(1)
    }

    #[getter(doc = "")]
    fn weekday(&self) -> Result {
        self.item(2)
    }

    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let kind = self.ty().full_name();
        let (year, week, weekday) = (self.item(0)?.str_()?, self.item(1)?.str_()?, self.item(2)?.str_()?);
        Ok(format!("{kind}(year={year}, week={week}, weekday={weekday})"))
    }

    /// For pickling: a plain tuple.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<(Ref, (Ref,))> {
        let items = Tuple::from_vec(self.base.as_slice().to_vec());
        Ok((Tuple::type_object().to_ref(), (items.into_object(),)))
    }
}
