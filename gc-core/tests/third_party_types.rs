//! The types of other crates that can be a field of a traced type.

use gc_core::{Acyclic, Trace};

/// Traced, and known to be in no cycle: never looked at by the collector.
fn leaf<T: Trace + Acyclic>() {
    assert!(!T::tracked(), "{} is tracked", core::any::type_name::<T>());
}

macro_rules! leaves {
    ($($feature:literal $test:ident { $($type:ty),* $(,)? })*) => {$(
        #[cfg(feature = $feature)]
        #[test]
        fn $test() {
            $(leaf::<$type>();)*
        }
    )*};
}

/// Maps of crates that come without their default features have no default.
type Hasher = std::hash::RandomState;

#[test]
fn the_check_holds_for_a_map_of_std() {
    leaf::<std::collections::HashMap<u8, u8, Hasher>>();
}

leaves! {
    "arrayvec_0_7" arrayvec {
        arrayvec_0_7::ArrayVec<u8, 3>, arrayvec_0_7::ArrayString<3>, arrayvec_0_7::CapacityError,
    }
    "bitvec_1" bitvec {
        bitvec_1::vec::BitVec, bitvec_1::boxed::BitBox<u8>, bitvec_1::array::BitArray<[u32; 4]>,
        bitvec_1::order::Lsb0,
    }
    "bytes_1" bytes { bytes_1::Bytes, bytes_1::BytesMut }
    "chrono_0_4" chrono {
        chrono_0_4::DateTime<chrono_0_4::Utc>, chrono_0_4::DateTime<chrono_0_4::FixedOffset>,
        chrono_0_4::NaiveDateTime, chrono_0_4::NaiveDate, chrono_0_4::NaiveTime,
        chrono_0_4::TimeDelta, chrono_0_4::Duration, chrono_0_4::Weekday, chrono_0_4::Month,
    }
    "compact_str_0_10" compact_str { compact_str_0_10::CompactString }
    "dashmap_6" dashmap { dashmap_6::DashMap<String, u8>, dashmap_6::DashSet<u8, Hasher> }
    "enum-map_2" enum_map { enum_map_2::EnumMap<bool, String> }
    "either_1" either { either_1::Either<u8, String> }
    "glam_0_30" glam_0_30 {
        glam_0_30::Vec3, glam_0_30::Mat4, glam_0_30::Quat, glam_0_30::DVec2, glam_0_30::IVec2,
    }
    "glam_0_34" glam_0_34 {
        glam_0_34::Vec3, glam_0_34::Mat4, glam_0_34::Quat, glam_0_34::DVec2, glam_0_34::IVec2,
    }
    "hashbrown_0_15" hashbrown_0_15 {
        hashbrown_0_15::HashMap<u8, u8, Hasher>, hashbrown_0_15::HashSet<u8, Hasher>,
        hashbrown_0_15::HashTable<u8>,
    }
    "hashbrown_0_16" hashbrown_0_16 {
        hashbrown_0_16::HashMap<u8, u8, Hasher>, hashbrown_0_16::HashSet<u8, Hasher>,
        hashbrown_0_16::HashTable<u8>,
    }
    "hashbrown_0_17" hashbrown_0_17 {
        hashbrown_0_17::HashMap<u8, u8, Hasher>, hashbrown_0_17::HashSet<u8, Hasher>,
        hashbrown_0_17::HashTable<u8>,
    }
    "indexmap_2" indexmap {
        indexmap_2::IndexMap<u8, u8, Hasher>, indexmap_2::IndexSet<u8, Hasher>,
    }
    "jiff_0_2" jiff {
        jiff_0_2::Timestamp, jiff_0_2::Zoned, jiff_0_2::civil::DateTime, jiff_0_2::civil::Date,
        jiff_0_2::civil::Time, jiff_0_2::civil::Weekday, jiff_0_2::civil::ISOWeekDate,
        jiff_0_2::Span, jiff_0_2::SignedDuration, jiff_0_2::Unit, jiff_0_2::Error,
        jiff_0_2::tz::TimeZone, jiff_0_2::tz::Offset,
    }
    "lasso_0_7" lasso {
        lasso_0_7::Spur, lasso_0_7::Rodeo, lasso_0_7::RodeoReader, lasso_0_7::RodeoResolver,
    }
    "markup5ever_0_40" markup5ever {
        markup5ever_0_40::QualName, markup5ever_0_40::Attribute,
        markup5ever_0_40::ExpandedName<'static>,
        markup5ever_0_40::interface::tree_builder::QuirksMode,
        markup5ever_0_40::interface::tree_builder::NodeOrText<u8>,
        markup5ever_0_40::TokenizerResult<u8>, markup5ever_0_40::buffer_queue::BufferQueue,
    }
    "ndarray_0_17" ndarray {
        ndarray_0_17::Array1<f64>, ndarray_0_17::ArrayD<String>, ndarray_0_17::ArcArray2<u8>,
    }
    "num-bigint_0_4" num_bigint { num_bigint_0_4::BigInt, num_bigint_0_4::BigUint }
    "ordered-float_5" ordered_float {
        ordered_float_5::OrderedFloat<f64>, ordered_float_5::NotNan<f32>,
    }
    "parking_lot_0_12" parking_lot {
        parking_lot_0_12::Mutex<u8>, parking_lot_0_12::RwLock<u8>, parking_lot_0_12::Condvar,
        parking_lot_0_12::FairMutex<u8>, parking_lot_0_12::ReentrantMutex<u8>,
        parking_lot_0_12::Once,
    }
    "petgraph_0_8" petgraph {
        petgraph_0_8::graph::DiGraph<u8, String>, petgraph_0_8::graph::UnGraph<u8, ()>,
        petgraph_0_8::stable_graph::StableDiGraph<u8, ()>,
        petgraph_0_8::graphmap::UnGraphMap<u8, (), Hasher>,
        petgraph_0_8::graph::NodeIndex, petgraph_0_8::graph::EdgeIndex, petgraph_0_8::Direction,
    }
    "rust_decimal_1" rust_decimal { rust_decimal_1::Decimal }
    "semver_1" semver { semver_1::Version, semver_1::VersionReq, semver_1::Prerelease }
    "serde_json_1" serde_json {
        serde_json_1::Value, serde_json_1::Map<String, serde_json_1::Value>, serde_json_1::Number,
        serde_json_1::Error,
    }
    "slotmap_1" slotmap {
        slotmap_1::SlotMap<slotmap_1::DefaultKey, u8>,
        slotmap_1::DenseSlotMap<slotmap_1::DefaultKey, u8>,
        slotmap_1::SecondaryMap<slotmap_1::DefaultKey, u8>,
        slotmap_1::SparseSecondaryMap<slotmap_1::DefaultKey, u8>, slotmap_1::DefaultKey,
    }
    "smallvec_1" smallvec { smallvec_1::SmallVec<[u8; 4]> }
    "smol_str_0_3" smol_str { smol_str_0_3::SmolStr }
    "string_cache_0_11" string_cache { string_cache_0_11::DefaultAtom }
    "tendril_0_5" tendril {
        tendril_0_5::StrTendril, tendril_0_5::ByteTendril,
        tendril_0_5::Tendril<tendril_0_5::fmt::UTF8, tendril_0_5::Atomic>,
        tendril_0_5::SendTendril<tendril_0_5::fmt::UTF8>,
    }
    "thin-vec_0_2" thin_vec { thin_vec_0_2::ThinVec<u8> }
    "time_0_3" time {
        time_0_3::OffsetDateTime, time_0_3::PrimitiveDateTime, time_0_3::UtcDateTime,
        time_0_3::Date, time_0_3::Time, time_0_3::Duration, time_0_3::UtcOffset,
        time_0_3::Month, time_0_3::Weekday,
    }
    "url_2" url { url_2::Url, url_2::Host, url_2::Origin, url_2::ParseError }
    "uuid_1" uuid { uuid_1::Uuid, uuid_1::NonNilUuid }
}

/// Containers of handles that may move to another thread with their heap.
#[cfg(feature = "isolates")]
mod movable {
    use gc_core::{Gc, Movable};

    fn movable<T: Movable>() {}

    #[test]
    fn so_may_a_vector_of_std() {
        movable::<Vec<Gc<str>>>();
    }

    macro_rules! movable {
        ($($feature:literal $test:ident { $($type:ty),* $(,)? })*) => {$(
            #[cfg(feature = $feature)]
            #[test]
            fn $test() {
                $(movable::<$type>();)*
            }
        )*};
    }

    movable! {
        "arrayvec_0_7" arrayvec { arrayvec_0_7::ArrayVec<Gc<str>, 3> }
        "either_1" either { either_1::Either<Gc<str>, u8> }
        "enum-map_2" enum_map { enum_map_2::EnumMap<bool, Gc<str>> }
        "hashbrown_0_15" hashbrown_0_15 { hashbrown_0_15::HashMap<Gc<str>, u8, super::Hasher> }
        "hashbrown_0_16" hashbrown_0_16 { hashbrown_0_16::HashSet<Gc<str>, super::Hasher> }
        "hashbrown_0_17" hashbrown_0_17 { hashbrown_0_17::HashTable<Gc<str>> }
        "indexmap_2" indexmap {
            indexmap_2::IndexMap<Gc<str>, Gc<str>, super::Hasher>,
            indexmap_2::IndexSet<Gc<str>, super::Hasher>,
        }
        "ndarray_0_17" ndarray { ndarray_0_17::Array2<u8> }
        "parking_lot_0_12" parking_lot {
            parking_lot_0_12::Mutex<Gc<str>>, parking_lot_0_12::FairMutex<Gc<str>>,
            parking_lot_0_12::RwLock<Gc<str>>,
        }
        "petgraph_0_8" petgraph {
            petgraph_0_8::graph::Graph<Gc<str>, Gc<str>>,
            petgraph_0_8::stable_graph::StableGraph<Gc<str>, Gc<str>>,
        }
        "slotmap_1" slotmap {
            slotmap_1::SlotMap<slotmap_1::DefaultKey, Gc<str>>,
            slotmap_1::DenseSlotMap<slotmap_1::DefaultKey, Gc<str>>,
            slotmap_1::SecondaryMap<slotmap_1::DefaultKey, Gc<str>>,
        }
        "smallvec_1" smallvec { smallvec_1::SmallVec<[Gc<str>; 3]> }
        "thin-vec_0_2" thin_vec { thin_vec_0_2::ThinVec<Gc<str>> }
    }

    #[cfg(feature = "ndarray_0_17")]
    #[test]
    fn an_array_may_have_been_cut_and_own_handles_that_nobody_sees() {
        use core::marker::PhantomData;
        use ndarray_0_17::Array1;

        struct Asked<T>(PhantomData<T>);
        impl<T: Movable> Asked<T> {
            const MAY_MOVE: bool = true;
        }
        trait Refused {
            const MAY_MOVE: bool = false;
        }
        impl<T> Refused for Asked<T> {}

        const { assert!(!Asked::<Array1<Gc<str>>>::MAY_MOVE) };
        const { assert!(!Asked::<Array1<gc_core::Weak<str>>>::MAY_MOVE) };
        const { assert!(Asked::<Array1<String>>::MAY_MOVE) };
    }

    #[cfg(feature = "parking_lot_0_12")]
    #[test]
    #[expect(clippy::mem_forget, reason = "guards that nobody drops")]
    fn a_lock_whose_guard_was_forgotten_keeps_its_heap_here() {
        use core::mem::forget;

        use gc_core::{EscapeKind, Isolate};
        use parking_lot_0_12::{FairMutex, Mutex, RwLock};

        let handles = Vec::<Gc<str>>::new;
        let locks = || (Mutex::new(handles()), FairMutex::new(handles()), RwLock::new(handles()));
        let isolate = Isolate::new(locks).detach().expect("no lock is held").attach();
        let elsewhere = Gc::from("elsewhere");
        isolate.enter(|locks| {
            let mut guard = locks.0.lock();
            guard.push(Gc::clone(&elsewhere));
            forget(guard);
        });
        for lock in 0..3 {
            let isolate = Isolate::new(locks);
            isolate.enter(|locks| match lock {
                0 => forget(locks.0.lock()),
                1 => forget(locks.1.lock()),
                _ => forget(locks.2.write()),
            });
            let refused = isolate.detach().expect_err("nobody can look");
            assert_eq!(refused.escapes()[0].kind(), EscapeKind::Closed);
        }
        let refused = isolate.detach().expect_err("it leads out");
        assert_eq!(refused.escapes()[0].kind(), EscapeKind::Closed);
    }
}
