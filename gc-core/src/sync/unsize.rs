//! Handles to trait objects: [`unsize!`](crate::unsize!) for handles that threads share.

use core::mem::ManuallyDrop;
use core::ptr::NonNull;

use crate::pointer::unsize::Handle;
use crate::sync::gc_ptr::Gc;
use crate::sync::header::Boxed;
use crate::sync::weak_ptr::Weak;

/// Converts what a handle holds as `convert` does a pointer to its value. The address stays; what a
/// coercion adds, a length or a vtable, is the same for both.
fn convert_boxed<T: ?Sized, U: ?Sized>(
    object: NonNull<Boxed<T>>,
    convert: impl FnOnce(*mut T) -> *mut U,
) -> NonNull<Boxed<U>> {
    let converted = convert(object.as_ptr() as *mut T) as *mut Boxed<U>;
    NonNull::new(converted).expect("a coercion keeps the address")
}

// SAFETY: the handle stays the same but for its type.
unsafe impl<T: ?Sized, U: ?Sized> Handle<U> for Gc<T> {
    type Target = T;
    type Output = Gc<U>;

    unsafe fn unsize(self, convert: impl FnOnce(*mut T) -> *mut U) -> Gc<U> {
        let object = convert_boxed(ManuallyDrop::new(self).boxed(), convert);
        // SAFETY: it is the object of this handle, which is counted, and was unsized at most.
        unsafe { Gc::from_counted(object) }
    }
}

// SAFETY: the handle stays the same but for its type.
unsafe impl<T: ?Sized, U: ?Sized> Handle<U> for Weak<T> {
    type Target = T;
    type Output = Weak<U>;

    unsafe fn unsize(self, convert: impl FnOnce(*mut T) -> *mut U) -> Weak<U> {
        let object = convert_boxed(ManuallyDrop::new(self).raw(), convert);
        // SAFETY: as above, for a weak handle, or for that of a watch.
        unsafe { Weak::from_counted(object) }
    }
}
