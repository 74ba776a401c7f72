#include <dragline/http/insight/observer.hpp>
