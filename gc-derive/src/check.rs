//! The rules between attributes and fields, one function each.

use crate::ast::{Container, Field, Role, Shape};
use crate::diag::{self, Errors};
use crate::ty;

/// Reports everything in `container` that contradicts itself.
pub(crate) fn check(container: &Container<'_>, errors: &mut Errors) {
    fields_can_be_borrowed(container, errors);
    words_on_skipped_fields_are_useless(container, errors);
    words_in_skipped_variants_are_useless(container, errors);
    acyclic_fields_are_not_traced(container, errors);
    bounds_are_given_once(container, errors);
    bounds_can_be_inferred(container, errors);
    acyclic_types_do_not_lead_back(container, errors);
    shared_types_are_traced_by_their_fields(container, errors);
}

fn fields_can_be_borrowed(container: &Container<'_>, errors: &mut Errors) {
    let Some(packed) = container.packed else {
        return;
    };
    if container.fields().any(|field| field.role != Role::LeftOut) {
        errors.at(packed, diag::packed());
    } else if container.attributes.movable.is_some() && container.fields().next().is_some() {
        errors.at(packed, diag::packed_and_movable());
    }
}

fn words_on_skipped_fields_are_useless(container: &Container<'_>, errors: &mut Errors) {
    for field in container.fields().filter(|field| field.attributes.skip.is_some()) {
        let acyclic = field.attributes.acyclic.map(|span| ("acyclic", span));
        for (word, span) in acyclic.into_iter().chain(field.attributes.words_for_tracing()) {
            errors.at(span, diag::useless_on_skipped(word, "skip"));
        }
    }
}

fn words_in_skipped_variants_are_useless(container: &Container<'_>, errors: &mut Errors) {
    let Shape::Enum(variants) = &container.data else {
        return;
    };
    let skipped = variants.iter().filter(|variant| variant.attributes.skip.is_some());
    for field in skipped.flat_map(|variant| &variant.fields) {
        // A skipped field with other words was reported already.
        let own = match (field.attributes.skip, field.attributes.acyclic) {
            (Some(skip), _) => vec![("skip", skip)],
            (None, acyclic) => {
                let acyclic = acyclic.map(|span| ("acyclic", span));
                acyclic.into_iter().chain(field.attributes.words_for_tracing()).collect()
            }
        };
        for (word, span) in own {
            errors.at(span, diag::useless_in_skipped_variant(word));
        }
    }
}

fn acyclic_fields_are_not_traced(container: &Container<'_>, errors: &mut Errors) {
    let acyclic = |field: &&Field<'_>| {
        field.attributes.acyclic.is_some()
            && field.attributes.skip.is_none()
            && !field.in_skipped_variant
    };
    for field in container.fields().filter(acyclic) {
        for (word, span) in field.attributes.words_for_tracing() {
            let message = match word {
                "unsafe_with" => diag::acyclic_and_unsafe_with(),
                _ => diag::useless_on_skipped(word, "acyclic"),
            };
            errors.at(span, message);
        }
    }
}

fn bounds_are_given_once(container: &Container<'_>, errors: &mut Errors) {
    if container.attributes.bound.is_none() {
        return;
    }
    for field in container.fields() {
        if let Some(bound) = &field.attributes.bound {
            errors.at(bound.span, diag::bound_on_both());
        }
    }
}

fn bounds_can_be_inferred(container: &Container<'_>, errors: &mut Errors) {
    if !container.has_type_params() || container.attributes.bound.is_some() {
        return;
    }
    for field in container.fields() {
        if matches!(field.role, Role::Traced | Role::Acyclic)
            && field.attributes.bound.is_none()
            && ty::is_hidden(field.ty.tree())
        {
            errors.on(field.ty, diag::hidden_bounds());
        }
    }
}

/// The compiler finds every type that leads back to itself. This names the field
/// in the plain case.
fn acyclic_types_do_not_lead_back(container: &Container<'_>, errors: &mut Errors) {
    if !container.is_acyclic() {
        return;
    }
    for field in container.fields() {
        if field.role != Role::LeftOut && ty::owns_gc_of(field.ty.tree(), container.ident) {
            errors.on(field.ty, diag::leads_back(&container.ident.to_string()));
        }
    }
}

/// What a function of the user reports while other threads use the value is not known.
fn shared_types_are_traced_by_their_fields(container: &Container<'_>, errors: &mut Errors) {
    let attributes = &container.attributes;
    if attributes.shared.is_none() {
        return;
    }
    let conflicts = [("acyclic", attributes.acyclic)];
    let with = container.fields().filter_map(|field| field.attributes.unsafe_with.as_ref());
    let with = with.map(|with| ("unsafe_with", Some(with.span)));
    for (word, span) in conflicts.into_iter().chain(with) {
        if let Some(span) = span {
            errors.at(span, diag::conflicts_with_shared(word));
        }
    }
}
