//! `Lib/test/test_gc.py`, in the order of the original within each group.

mod automatic;
mod callbacks;
mod containers;
mod counting;
mod debugging;
mod finalizers;
mod introspection;
mod shutdown;
mod weakrefs;

use crate::cases::cases;

cases! { disabled;
    containers:
        test_list, test_dict, test_tuple, test_class, test_newstyleclass, test_instance,
        test_newinstance, test_method, test_function;
    debugging:
        test_legacy_finalizer, test_legacy_finalizer_newclass, test_saveall,
        test_collect_garbage;
    finalizers:
        test_function_tp_clear_leaves_consistent_state, test_del, test_del_newclass,
        test_trashcan, test_trashcan_threads, test_boom, test_boom2, test_bug21435,
        test_resurrection_only_happens_once_per_object, test_resurrection_is_transitive,
        test_resurrection_does_not_block_cleanup_of_other_objects,
        test_do_not_cleanup_type_subclasses_before_finalization;
    counting:
        test_get_count, test_collect_generations, test_get_stats, test_freeze,
        test_traverse_frozen_objects, test_deferred_refcount_frozen,
        test_tuple_untrack_counts, test_heap_size;
    introspection:
        test_get_referents, test_is_tracked, test_is_finalized, test_get_objects,
        test_get_objects_generations, test_get_objects_arguments,
        test_get_objects_during_gc;
    shutdown:
        test_gc_main_module_at_shutdown, test_gc_ordinary_module_at_shutdown;
    weakrefs:
        test_bug1055820b, test_trash_weakref_clear;
    callbacks:
        test_collect, test_collect_generation;
}

cases! { disabled, not under miri: "starts a process, which Miri cannot";
    debugging:
        test_gc_debug_stats, test_refcount_errors;
    shutdown:
        test_garbage_at_shutdown;
}

// The cases of `GCTogglingTests` and `IncrementalGCTests`.
cases! { natural;
    weakrefs:
        test_bug1055820c, test_bug1055820d;
    automatic:
        test_incremental_gc_handles_fast_cycle_creation;
}

cases! { enabled;
    automatic:
        test_indirect_calls_with_gc_disabled, test_threshold_zero;
}
