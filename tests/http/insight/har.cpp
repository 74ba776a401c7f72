#include <dragline/http/insight/har.hpp>
