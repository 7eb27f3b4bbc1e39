//! What the spelling of a type tells about it.
//!
//! A derive sees names, not types: `Vec` may be a type of the user, and an alias
//! may hide a `Gc`. Each question here therefore says what a wrong answer
//! would cost. None costs soundness; those that would cost a leak are asked
//! again in the expanded code, where the compiler knows (see `tracked`).

use proc_macro2::{Span, TokenTree};
use quote::ToTokens as _;
use syn::punctuated::Punctuated;
use syn::{
    GenericArgument, GenericParam, Generics, Ident, Path, PathArguments, PathSegment, ReturnType,
    Token, Type, TypeArray, TypeGroup, TypeParamBound, TypeParen, TypeReference, TypeSlice,
    WherePredicate, parse_quote,
};

use crate::parse::FieldType;

/// Primitive types. No program is expected to give a type of its own such a name.
const PRIMITIVES: &[&str] = &[
    "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128", "u16",
    "u32", "u64", "u8", "usize",
];

/// What a function pointer can begin with.
const FUNCTION_WORDS: &[&str] = &["extern", "fn", "for", "unsafe"];

/// Containers of std, and how many of their arguments they hold: the hasher of a
/// map is not traced.
const CONTAINERS: &[(&str, usize)] = &[
    ("BTreeMap", 2),
    ("BTreeSet", 1),
    ("BinaryHeap", 1),
    ("Box", 1),
    ("Cell", 1),
    ("HashMap", 2),
    ("HashSet", 1),
    ("LinkedList", 1),
    ("Mutex", 1),
    ("OnceCell", 1),
    ("OnceLock", 1),
    ("Option", 1),
    ("Pin", 1),
    ("RefCell", 1),
    ("Result", 2),
    ("Reverse", 1),
    ("RwLock", 1),
    ("Vec", 1),
    ("VecDeque", 1),
];

/// Types of std that own nothing but plain data, pointers that own what they point to, and
/// what stands in their paths.
const PLAIN_TYPES_OF_STD: &[&str] = &[
    "alloc",
    "Arc",
    "borrow",
    "boxed",
    "cell",
    "collections",
    "core",
    "Cow",
    "CString",
    "Duration",
    "ffi",
    "Instant",
    "marker",
    "option",
    "OsString",
    "path",
    "PathBuf",
    "PhantomData",
    "rc",
    "Rc",
    "static",
    "std",
    "string",
    "String",
    "sync",
    "SystemTime",
    "time",
    "vec",
];

/// Types that may be acyclic without being `Send`, so that it is worth asking.
const PERHAPS_ACYCLIC: &[&str] = &["Arc", "PhantomData", "Rc", "Untraced", "Weak"];

/// As [`is_plain_data`], with a quick look first.
pub(crate) fn field_is_plain_data(ty: &FieldType) -> bool {
    match (ty.single_name(), ty.leading_name()) {
        (Some(name), _) => PRIMITIVES.contains(&name),
        (None, Some(name)) => FUNCTION_WORDS.contains(&name) && is_plain_data(ty.tree()),
        (None, None) => is_plain_data(ty.tree()),
    }
}

/// Whether the names in `ty` are those of plain data and of containers of std.
pub(crate) fn field_is_plain_type_of_std(ty: &FieldType, generics: &Generics) -> bool {
    ty.all_names(|name| {
        PLAIN_TYPES_OF_STD.contains(&name)
            || PRIMITIVES.contains(&name)
            || is_container(name)
            || generics.lifetimes().any(|param| param.lifetime.ident == name)
    })
}

fn is_container(name: &str) -> bool {
    CONTAINERS.iter().any(|(container, _)| *container == name)
}

/// As [`owns_gc`], with a quick look first.
pub(crate) fn field_owns_gc(ty: &FieldType) -> bool {
    ty.has_any(&["Gc"])
        && (!ty.has_any(&["Weak", "PhantomData", "dyn", "fn", "Fn", "FnMut", "FnOnce"])
            || owns_gc(ty.tree()))
}

/// As [`may_be_acyclic`], with a quick look first.
pub(crate) fn field_may_be_acyclic(ty: &FieldType) -> bool {
    ty.has_any(PERHAPS_ACYCLIC) && may_be_acyclic(ty.tree())
}

/// A type without the invisible groups of `macro_rules!` and without
/// parentheses.
pub(crate) fn peel(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            _ => return ty,
        };
    }
}

/// The last segment of a type that is written as a plain path.
pub(crate) fn name_of(ty: &Type) -> Option<&PathSegment> {
    match peel(ty) {
        Type::Path(ty) if ty.qself.is_none() => ty.path.segments.last(),
        _ => None,
    }
}

/// Whether `ty` is a plain path that ends in one of `names`.
pub(crate) fn is_named(ty: &Type, names: &[&str]) -> bool {
    name_of(ty).is_some_and(|segment| is_one_of(&segment.ident, names))
}

/// Comparing an identifier makes a string of it each time, so make one.
fn is_one_of(ident: &Ident, names: &[&str]) -> bool {
    names.contains(&ident.to_string().as_str())
}

/// The type arguments of a segment.
fn arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        PathArguments::None | PathArguments::Parenthesized(_) => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Whether a value of `ty` owns nothing that could be traced: scalars, text, raw
/// pointers, functions, and tuples and arrays of them.
///
/// Only what cannot reasonably be the name of another type counts.
pub(crate) fn is_plain_data(ty: &Type) -> bool {
    match peel(ty) {
        Type::Path(ty) if ty.qself.is_none() => ty.path.get_ident().is_some_and(is_primitive),
        Type::Tuple(ty) => ty.elems.iter().all(is_plain_data),
        Type::Array(ty) => is_plain_data(&ty.elem),
        Type::Slice(ty) => is_plain_data(&ty.elem),
        Type::Reference(ty) => is_plain_data(&ty.elem),
        Type::FnPtr(_) | Type::Ptr(_) | Type::Never(_) => true,
        _ => false,
    }
}

/// Whether `ty`, which is plain data, is not `Send` for its raw pointers.
pub(crate) fn has_raw_pointer(ty: &Type) -> bool {
    match peel(ty) {
        Type::Ptr(_) => true,
        Type::Tuple(ty) => ty.elems.iter().any(has_raw_pointer),
        Type::Array(ty) => has_raw_pointer(&ty.elem),
        Type::Slice(ty) => has_raw_pointer(&ty.elem),
        Type::Reference(ty) => has_raw_pointer(&ty.elem),
        _ => false,
    }
}

/// Whether `ty` consists of function pointers, of plain data and of containers of std.
pub(crate) fn field_holds_functions(ty: &FieldType) -> bool {
    ty.has_any(&["fn"]) && !ty.has_any(&["Gc"]) && holds_plain_data(ty.tree())
}

fn holds_plain_data(ty: &Type) -> bool {
    let plain = |ident: &Ident| is_one_of(ident, PLAIN_TYPES_OF_STD);
    is_plain_data(ty)
        || contents(ty).is_some_and(|contents| contents.into_iter().all(holds_plain_data))
        || name_of(ty).is_some_and(|segment| segment.arguments.is_none() && plain(&segment.ident))
        || shared_target(ty).is_some_and(holds_plain_data)
}

/// [`without_signatures`], for a field that has any.
pub(crate) fn field_without_signatures(ty: &FieldType) -> Option<Type> {
    ty.has_any(&["fn"]).then(|| without_signatures(ty.tree()))
}

/// `ty` with `fn()` in the place of each function pointer. These are leaves whatever their
/// signature is, but no traits can be implemented for all of them.
fn without_signatures(ty: &Type) -> Type {
    map(ty, &mut |ty| matches!(ty, Type::FnPtr(_)).then(|| parse_quote!(fn())))
}

/// `ty` with `Self` in the place of the type whose name is `owner`, whatever its path and its
/// arguments are. An argument that is made from a parameter leads to other instances without
/// end, and is left as it is.
///
/// Arguments that are other parameters than those in their places are added to `renamed`, with
/// these.
pub(crate) fn with_self(
    ty: &Type,
    owner: &Ident,
    generics: &Generics,
    renamed: &mut Vec<Vec<(String, Ident)>>,
) -> Type {
    let inline = peel(ty);
    map(ty, &mut |found| {
        let Type::Path(path) = found else { return None };
        let is_own = path.qself.is_none()
            && (is_owner(&path.path, owner)
                || is_path_ending_in(&path.path, owner) && !core::ptr::eq(inline, found));
        let renaming = is_own.then(|| renaming(path.path.segments.last()?, generics))??;
        if !renaming.is_empty() {
            renamed.push(renaming);
        }
        Some(parse_quote!(Self))
    })
}

/// Whether `path` leads from this crate to a type whose name is `owner`.
fn is_path_ending_in(path: &Path, owner: &Ident) -> bool {
    let first = path.segments.first().map(|segment| &segment.ident);
    path.leading_colon.is_none()
        && first.is_some_and(|first| is_one_of(first, &["crate", "self", "super"]))
        && path.segments.last().is_some_and(|last| last.ident == *owner)
}

/// Which parameters stand in the places of others among the arguments of `segment`; `None`
/// if an argument is made from parameters.
fn renaming(segment: &PathSegment, generics: &Generics) -> Option<Vec<(String, Ident)>> {
    let mut renaming = Vec::new();
    for (param, argument) in generics.type_params().zip(arguments(segment)) {
        match as_param(argument, generics) {
            Some(other) if *other != param.ident => {
                renaming.push((param.ident.to_string(), other.clone()));
            }
            Some(_) => {}
            None if params_in(argument, generics).is_empty() => {}
            None => return None,
        }
    }
    Some(renaming)
}

/// `ty` with those of the types in it replaced that `with` gives another for.
fn map(ty: &Type, with: &mut dyn FnMut(&Type) -> Option<Type>) -> Type {
    if let Some(new) = with(ty) {
        return new;
    }
    let mut ty = ty.clone();
    match &mut ty {
        Type::Array(TypeArray { elem, .. })
        | Type::Slice(TypeSlice { elem, .. })
        | Type::Paren(TypeParen { elem, .. })
        | Type::Group(TypeGroup { elem, .. })
        | Type::Reference(TypeReference { elem, .. }) => **elem = map(elem, with),
        Type::Tuple(ty) => ty.elems.iter_mut().for_each(|elem| *elem = map(elem, with)),
        Type::Path(ty) => {
            for segment in &mut ty.path.segments {
                if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                    for argument in &mut arguments.args {
                        if let GenericArgument::Type(ty) = argument {
                            *ty = map(ty, with);
                        }
                    }
                }
            }
        }
        _ => {}
    }
    ty
}

fn is_primitive(ident: &Ident) -> bool {
    is_one_of(ident, PRIMITIVES)
}

/// The contents of `ty` if its name is that of a container of std, an array or a
/// tuple.
pub(crate) fn contents(ty: &Type) -> Option<Vec<&Type>> {
    match peel(ty) {
        Type::Tuple(ty) => Some(ty.elems.iter().collect()),
        Type::Array(ty) => Some(vec![&*ty.elem]),
        Type::Slice(ty) => Some(vec![&*ty.elem]),
        Type::Path(path) if path.qself.is_none() && is_short_or_of_std(&path.path) => {
            let segment = path.path.segments.last()?;
            let name = segment.ident.to_string();
            let (_, held) = CONTAINERS.iter().find(|(container, _)| *container == name)?;
            let contents: Vec<&Type> = arguments(segment).take(*held).collect();
            (contents.len() == *held).then_some(contents)
        }
        _ => None,
    }
}

/// What `ty` refers to together with others, if it is a reference or its name is that of a
/// pointer of std.
pub(crate) fn shared_target(ty: &Type) -> Option<&Type> {
    match peel(ty) {
        Type::Reference(ty) => Some(&*ty.elem),
        Type::Path(path) if path.qself.is_none() && is_short_or_of_std(&path.path) => {
            let segment = path.path.segments.last()?;
            is_one_of(&segment.ident, &["Rc", "Arc"]).then(|| arguments(segment).next())?
        }
        _ => None,
    }
}

/// Whether `ty` has a name that a user's type could have too.
pub(crate) fn is_container_by_name(ty: &Type) -> bool {
    matches!(peel(ty), Type::Path(_))
}

/// `Vec` or `std::vec::Vec`, but not `other::Vec`.
fn is_short_or_of_std(path: &Path) -> bool {
    let first = path.segments.first().map(|segment| &segment.ident);
    path.segments.len() == 1
        || first.is_some_and(|first| is_one_of(first, &["std", "core", "alloc"]))
}

/// Whether `find` accepts `ty` or a type that its values may own, as far as it
/// is written: not what is behind a weak handle, a marker or a function pointer.
fn owns(ty: &Type, find: &dyn Fn(&Path) -> bool) -> bool {
    match peel(ty) {
        Type::Array(ty) => owns(&ty.elem, find),
        Type::Slice(ty) => owns(&ty.elem, find),
        Type::Tuple(ty) => ty.elems.iter().any(|ty| owns(ty, find)),
        Type::Path(ty) => {
            find(&ty.path)
                || ty.path.segments.last().is_some_and(|segment| {
                    matches!(segment.arguments, PathArguments::AngleBracketed(_))
                        && !is_one_of(&segment.ident, &["Weak", "PhantomData"])
                        && arguments(segment).any(|ty| owns(ty, find))
                })
        }
        _ => false,
    }
}

/// Whether `ty` is written with a `Gc`. If that is some other type of that name,
/// more is tracked than need be.
pub(crate) fn owns_gc(ty: &Type) -> bool {
    owns(ty, &|path| path.segments.last().is_some_and(|segment| segment.ident == "Gc"))
}

/// Whether `ty` is written with a `Gc` that refers to `owner`.
pub(crate) fn owns_gc_of(ty: &Type, owner: &Ident) -> bool {
    owns(ty, &|path| {
        path.segments.last().is_some_and(|segment| {
            segment.ident == "Gc"
                && arguments(segment).any(|target| owns(target, &|path| is_owner(path, owner)))
        })
    })
}

/// Whether `path` is the type whose name is `owner`, in its own module.
fn is_owner(path: &Path, owner: &Ident) -> bool {
    let mut segments = path.segments.iter().map(|segment| &segment.ident);
    match (segments.next(), segments.next(), segments.next()) {
        (Some(name), None, None) => name == owner || name == "Self",
        (Some(module), Some(name), None) => module == "self" && name == owner,
        _ => false,
    }
}

/// Whether it is worth asking if `ty` is acyclic.
pub(crate) fn may_be_acyclic(ty: &Type) -> bool {
    mentions(ty, &|path| {
        path.segments.iter().any(|segment| PERHAPS_ACYCLIC.iter().any(|name| segment.ident == name))
    })
}

/// Whether `ty` is written with a `Weak`.
pub(crate) fn mentions_weak(ty: &Type) -> bool {
    mentions(ty, &|path| path.segments.iter().any(|segment| segment.ident == "Weak"))
}

/// Whether `ty` is the type whose name is `owner`.
pub(crate) fn is_path_to(ty: &Type, owner: &Ident) -> bool {
    matches!(peel(ty), Type::Path(ty) if ty.qself.is_none() && is_owner(&ty.path, owner))
}

/// Whether `ty` is written with the type whose name is `owner`.
pub(crate) fn mentions_owner(ty: &Type, owner: &Ident) -> bool {
    mentions(ty, &|path| is_owner(path, owner))
}

/// Whether `ty` is the type whose name is `owner`, with the parameters of `generics` as its
/// arguments.
pub(crate) fn is_same_type(ty: &Type, owner: &Ident, generics: &Generics) -> bool {
    if !is_path_to(ty, owner) {
        return false;
    }
    let Some(PathArguments::AngleBracketed(written)) =
        name_of(ty).map(|segment| &segment.arguments)
    else {
        return true;
    };
    let own = generics.params.iter().map(|param| match param {
        GenericParam::Lifetime(param) => param.lifetime.to_token_stream(),
        GenericParam::Type(param) => param.ident.to_token_stream(),
        GenericParam::Const(param) => param.ident.to_token_stream(),
    });
    let written = written.args.iter().map(GenericArgument::to_token_stream);
    own.map(|own| own.to_string()).eq(written.map(|written| written.to_string()))
}

/// Whether `ty` is written with a `Box`.
pub(crate) fn mentions_box(ty: &Type) -> bool {
    mentions(ty, &|path| path.segments.iter().any(|segment| segment.ident == "Box"))
}

/// The type parameters of `generics` that `ty` mentions.
pub(crate) fn params_in<'a>(ty: &Type, generics: &'a Generics) -> Vec<&'a Ident> {
    let params = generics.type_params().map(|param| &param.ident);
    params.filter(|&param| mentions(ty, &|path| starts_with(path, param))).collect()
}

/// The type parameter that `ty` is.
pub(crate) fn as_param<'a>(ty: &Type, generics: &'a Generics) -> Option<&'a Ident> {
    let Type::Path(ty) = peel(ty) else {
        return None;
    };
    let ident = ty.path.get_ident().filter(|_| ty.qself.is_none())?;
    generics.type_params().map(|param| &param.ident).find(|&param| param == ident)
}

/// Whether a value of type `ty` may have no size: it is a slice or a trait object, or some
/// parameter may be one. The alias of such a type is not known.
pub(crate) fn may_be_unsized(ty: &Type, generics: &Generics) -> bool {
    let asks_for_no_size = |bound: &TypeParamBound| matches!(bound, TypeParamBound::Trait(bound) if bound.maybe.is_some());
    let in_params = generics.type_params().flat_map(|param| &param.bounds);
    let clauses = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let in_clauses = clauses.filter_map(|predicate| match predicate {
        WherePredicate::Type(predicate) => Some(&predicate.bounds),
        _ => None,
    });
    matches!(peel(ty), Type::Slice(_) | Type::TraitObject(_))
        || in_params.chain(in_clauses.flatten()).any(asks_for_no_size)
}

fn starts_with(path: &Path, param: &Ident) -> bool {
    path.leading_colon.is_none()
        && path.segments.first().is_some_and(|segment| segment.ident == *param)
}

/// Whether a macro or something this parser does not know hides a part of `ty`.
pub(crate) fn is_hidden(ty: &Type) -> bool {
    match peel(ty) {
        Type::Macro(_) | Type::Verbatim(_) => true,
        Type::Array(ty) => is_hidden(&ty.elem),
        Type::Slice(ty) => is_hidden(&ty.elem),
        Type::Reference(ty) => is_hidden(&ty.elem),
        Type::Tuple(ty) => ty.elems.iter().any(is_hidden),
        Type::Path(ty) => ty.path.segments.iter().any(|segment| arguments(segment).any(is_hidden)),
        _ => false,
    }
}

/// Whether a path that `find` accepts stands anywhere in `ty`. The length of an
/// array is no type.
fn mentions(ty: &Type, find: &dyn Fn(&Path) -> bool) -> bool {
    let here = |ty: &Type| mentions(ty, find);
    match peel(ty) {
        Type::Array(ty) => here(&ty.elem),
        Type::Slice(ty) => here(&ty.elem),
        Type::Ptr(ty) => here(&ty.elem),
        Type::Reference(ty) => here(&ty.elem),
        Type::Tuple(ty) => ty.elems.iter().any(here),
        Type::FnPtr(ty) => {
            ty.inputs.iter().any(|input| here(&input.ty)) || returns(&ty.output, find)
        }
        Type::Path(ty) => {
            ty.qself.as_ref().is_some_and(|qself| here(&qself.ty)) || path_mentions(&ty.path, find)
        }
        Type::TraitObject(ty) => bounds_mention(&ty.bounds, find),
        Type::ImplTrait(ty) => bounds_mention(&ty.bounds, find),
        _ => false,
    }
}

fn path_mentions(path: &Path, find: &dyn Fn(&Path) -> bool) -> bool {
    let in_argument = |argument: &GenericArgument| match argument {
        GenericArgument::Type(ty) => mentions(ty, find),
        GenericArgument::AssocType(assoc) => mentions(&assoc.ty, find),
        GenericArgument::Constraint(constraint) => bounds_mention(&constraint.bounds, find),
        _ => false,
    };
    let in_segment = |segment: &PathSegment| match &segment.arguments {
        PathArguments::None => false,
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().any(in_argument),
        PathArguments::Parenthesized(arguments) => {
            arguments.inputs.iter().any(|input| mentions(&input.ty, find))
                || returns(&arguments.output, find)
        }
    };
    find(path) || path.segments.iter().any(in_segment)
}

fn bounds_mention(
    bounds: &Punctuated<TypeParamBound, Token![+]>,
    find: &dyn Fn(&Path) -> bool,
) -> bool {
    bounds.iter().any(|bound| match bound {
        TypeParamBound::Trait(bound) => path_mentions(&bound.path, find),
        _ => false,
    })
}

fn returns(output: &ReturnType, find: &dyn Fn(&Path) -> bool) -> bool {
    match output {
        ReturnType::Default => false,
        ReturnType::Type(_, ty) => mentions(ty, find),
    }
}

/// Where `ty` begins and ends, for errors that point at all of it.
pub(crate) fn ends(ty: &Type) -> (Span, Span) {
    let ty = peel(ty);
    if let Type::Path(path) = ty
        && path.qself.is_none()
        && path.path.leading_colon.is_none()
        && let (Some(first), Some(last)) = (path.path.segments.first(), path.path.segments.last())
    {
        let end = match &last.arguments {
            PathArguments::AngleBracketed(arguments) => arguments.gt_token.span,
            PathArguments::None => last.ident.span(),
            PathArguments::Parenthesized(arguments) => arguments.paren_token.span.close(),
        };
        return (first.ident.span(), end);
    }
    let mut tokens = ty.to_token_stream().into_iter();
    let first = tokens.next();
    let last = tokens.last().as_ref().map(closing_span);
    let start = first.as_ref().map_or_else(Span::call_site, TokenTree::span);
    let end = last.or(first.as_ref().map(closing_span)).unwrap_or(start);
    (start, end)
}

fn closing_span(token: &TokenTree) -> Span {
    match token {
        TokenTree::Group(group) => group.span_close(),
        _ => token.span(),
    }
}

/// Keywords of some edition that are names in an earlier one.
const LATER_KEYWORDS: &[&str] = &["async", "await", "dyn", "gen", "try"];

/// A name of the user at `span`, in the context of the derive. That is of the
/// newest edition, where the name may be a keyword.
pub(crate) fn ident_at(ident: &Ident, span: Span) -> Ident {
    let name = ident.to_string();
    if LATER_KEYWORDS.contains(&name.as_str()) {
        return Ident::new_raw(&name, span);
    }
    let mut ident = ident.clone();
    ident.set_span(span);
    ident
}

/// The place of `span` with the names of the derive.
pub(crate) fn at(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;
    use syn::Ident;

    use super::ident_at;

    #[test]
    fn names_that_became_keywords_are_written_raw() {
        let at_derive = |name| ident_at(&Ident::new(name, Span::call_site()), Span::call_site());
        assert_eq!(at_derive("gen").to_string(), "r#gen");
        assert_eq!(at_derive("general").to_string(), "general");
        let raw = Ident::new_raw("gen", Span::call_site());
        assert_eq!(ident_at(&raw, Span::call_site()).to_string(), "r#gen");
    }
}
