//! `lasso` 0.7: interned text, and the keys that stand for it: leaves.

use lasso_0_7::{
    LargeSpur, LassoError, MicroSpur, MiniSpur, Rodeo, RodeoReader, RodeoResolver, Spur,
};

leaves! {
    owners:
    {K, S} Rodeo<K, S> => owns |this| this.current_memory_usage(),
}

leaves! {
    {K, S} RodeoReader<K, S>, {K} RodeoResolver<K>,
    Spur, LargeSpur, MiniSpur, MicroSpur, LassoError,
}
