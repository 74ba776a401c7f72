#include <dragline/http/insight/recording.hpp>
