//! Fields and methods by name.

use gcycle::Gc;

use crate::object::{BoundMethod, Class, Instance, Member, Name, PropertySite};
use crate::value::Value;
use crate::vm::Vm;
use crate::vm::call::Callee;
use crate::vm::error::{ErrorKind, RuntimeError};

/// The property of `value` that `site` names: a field, or else a bound method.
#[inline(always)]
pub(super) fn property(value: &Value, site: &PropertySite) -> Result<Value, RuntimeError> {
    let Value::Instance(instance) = value else {
        return Err(ErrorKind::NoProperties.into());
    };
    if let Some(Member::Field(slot)) = site.find(instance.class()) {
        let field = instance.field(slot);
        if !field.is_absent() {
            return Ok(field);
        }
    }
    bind_method(instance, instance.class(), site.name())
}

/// The method `name` of `class`, bound to `instance`.
#[inline(never)]
pub(super) fn bind_method(
    instance: &Gc<Instance>,
    class: &Class,
    name: &Name,
) -> Result<Value, RuntimeError> {
    let method = class.find_method(name);
    let method = method.ok_or_else(|| ErrorKind::UndefinedProperty(name.clone()))?;
    Ok(Value::BoundMethod(BoundMethod::new(instance.clone(), method)))
}

impl Vm {
    /// Sets the property of the value under the topmost one, and leaves
    /// only the topmost.
    #[inline(always)]
    pub(super) fn set_property(&mut self, site: &PropertySite) -> Result<(), RuntimeError> {
        let value = self.top().clone();
        self.store_property(site)?;
        self.push(value);
        Ok(())
    }

    /// Sets the property of the value under the topmost one, and leaves
    /// neither.
    #[inline(always)]
    pub(super) fn store_property(&mut self, site: &PropertySite) -> Result<(), RuntimeError> {
        let value = self.pop();
        let Value::Instance(instance) = self.pop() else {
            return Err(ErrorKind::NoFields.into());
        };
        instance.set_field(site.slot(instance.class()), value);
        Ok(())
    }

    /// Sets the property of the value in `slot` to the topmost value, and leaves
    /// that.
    #[inline(always)]
    pub(super) fn set_property_of(
        &mut self,
        slot: usize,
        site: &PropertySite,
    ) -> Result<(), RuntimeError> {
        let value = self.top().clone();
        self.push(value);
        self.store_property_of(slot, site)
    }

    /// Sets the property of the value in `slot` to the topmost value, and takes
    /// that away.
    #[inline(always)]
    pub(super) fn store_property_of(
        &mut self,
        slot: usize,
        site: &PropertySite,
    ) -> Result<(), RuntimeError> {
        let value = self.pop();
        let Value::Instance(instance) = &self.stack[slot] else {
            return Err(ErrorKind::NoFields.into());
        };
        instance.set_field(site.slot(instance.class()), value);
        Ok(())
    }

    /// Calls the property of the value under the arguments.
    #[inline(always)]
    pub(super) fn invoke(
        &mut self,
        site: &PropertySite,
        arguments: u8,
    ) -> Result<Option<Callee>, RuntimeError> {
        let receiver = self.callee_slot(arguments);
        let Value::Instance(instance) = &self.stack[receiver] else {
            return Err(ErrorKind::NoMethods.into());
        };
        if let Some(Member::Method(index)) = site.find(instance.class())
            && let Some(method) = instance.class().method(index)
        {
            return self.enter(method, arguments).map(Some);
        }
        self.invoke_field(site.name(), arguments)
    }

    /// As [`invoke`](Self::invoke), for a property that may be a field.
    #[inline(never)]
    fn invoke_field(&mut self, name: &Name, arguments: u8) -> Result<Option<Callee>, RuntimeError> {
        let receiver = self.callee_slot(arguments);
        let Value::Instance(instance) = &self.stack[receiver] else {
            return Err(ErrorKind::NoMethods.into());
        };
        if let Some(Member::Field(slot)) = instance.class().find(name) {
            let field = instance.field(slot);
            if !field.is_absent() {
                self.stack[receiver] = field;
                return self.call(arguments);
            }
        }
        let method = instance.class().find_method(name);
        let method = method.ok_or_else(|| ErrorKind::UndefinedProperty(name.clone()))?;
        self.enter(method, arguments).map(Some)
    }

    /// Replaces `this` and the superclass on top of it by the superclass's
    /// method `name`, bound to `this`.
    pub(super) fn get_super(&mut self, name: &Name) -> Result<(), RuntimeError> {
        let superclass = self.pop();
        let receiver = self.pop();
        let (Value::Class(superclass), Value::Instance(instance)) = (superclass, receiver) else {
            return Err(ErrorKind::SuperclassNotClass.into());
        };
        let method = bind_method(&instance, &superclass, name)?;
        self.push(method);
        Ok(())
    }

    /// Calls the method `name` of the superclass that lies on the arguments,
    /// with the value under them as `this`.
    pub(super) fn super_invoke(
        &mut self,
        name: &Name,
        arguments: u8,
    ) -> Result<Option<Callee>, RuntimeError> {
        let Value::Class(superclass) = self.pop() else {
            return Err(ErrorKind::SuperclassNotClass.into());
        };
        let method = superclass.find_method(name);
        let method = method.ok_or_else(|| ErrorKind::UndefinedProperty(name.clone()))?;
        self.enter(method, arguments).map(Some)
    }

    /// Makes the topmost class inherit from the one under it, and leaves only
    /// that.
    pub(super) fn inherit(&mut self) -> Result<(), RuntimeError> {
        let [.., Value::Class(superclass), Value::Class(subclass)] = self.stack.as_slice() else {
            return Err(ErrorKind::SuperclassNotClass.into());
        };
        subclass.inherit(superclass);
        self.pop().discard();
        Ok(())
    }

    /// Adds the topmost value, a closure, to the class under it.
    pub(super) fn define_method(&mut self, name: &Name) {
        if let [.., Value::Class(class), Value::Closure(method)] = self.stack.as_slice() {
            class.define_method(name, method.clone());
        }
        self.pop().discard();
    }
}
