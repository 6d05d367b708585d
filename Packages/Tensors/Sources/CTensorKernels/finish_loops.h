// Results of products of packed weights from their sums; included once per variant.

/// y (+)= v + bias for the columns from j on, a vector of them or what is left.
INLINE void TK_FN(finish)(const tk_finish *f, int64_t j, V v) {
    int64_t left = f->columns - j;
    if (f->adds) v += TK_FN(load_up_to)(f->y + j, left);
    if (f->bias != NULL) v += TK_FN(load_up_to)(f->bias + j, left);
    TK_FN(store_up_to)(f->y + j, v, left);
}
