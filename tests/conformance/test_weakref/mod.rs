//! The cases of `Lib/test/test_weakref.py` that are about the collector.

mod basics;
mod cycles;
mod finalize;
mod library_maps;
mod mapping;
mod no_memory;
mod reentrancy;

use crate::cases::cases;

cases! { enabled;
    basics:
        test_basic_ref, test_basic_callback, test_multiple_callbacks,
        test_multiple_selfref_callbacks, test_ref_reuse,
        test_shared_ref_without_callback, test_getweakrefcount, test_getweakrefs,
        test_callbacks_protected, test_equality, test_ordering, test_hashing,
        test_callback_attribute, test_callback_attribute_after_deletion;
    cycles:
        test_callback_in_cycle, test_callback_reachable_one_way,
        test_callback_different_classes, test_callback_in_cycle_resurrection,
        test_callbacks_on_callback, test_classes, test_subclass_refs_with_cycle;
    reentrancy:
        test_sf_bug_840829, test_callback_gcs, test_gc_during_ref_creation,
        test_gc_during_proxy_creation, test_ref_created_during_del, test_trashcan_16602;
    mapping:
        test_weak_keyed_len_cycles, test_weak_valued_len_cycles, test_weak_keyed_len_race,
        test_weak_valued_len_race, test_weak_keys_destroy_while_iterating,
        test_weak_values_destroy_while_iterating, test_weak_keyed_cascading_deletes,
        test_weak_valued_consistency;
    finalize:
        test_finalize, test_order, test_all_freed, test_atexit;
}

cases! { enabled, not under miri: "starts a process, which Miri cannot";
    no_memory:
        test_no_memory_when_clearing;
}

cases! { threaded;
    mapping:
        test_threaded_weak_valued_setdefault, test_threaded_weak_valued_pop,
        test_threaded_weak_valued_consistency, test_threaded_weak_key_dict_copy,
        test_threaded_weak_key_dict_deepcopy, test_threaded_weak_value_dict_copy,
        test_threaded_weak_value_dict_deepcopy;
}
