#include <dragline/http/insight/histogram.hpp>
