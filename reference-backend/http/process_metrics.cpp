// Bodies of process_metrics.hpp.
#include "http/process_metrics.hpp"

#include "sync/function_metrics.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include <unistd.h>

namespace hull::backend::http {
namespace {

/// The words of /proc/self/stat behind the name of the program; the first is the state.
std::vector<std::string> read_stat() {
  std::ifstream file("/proc/self/stat");
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  std::istringstream words(all.substr(std::min(all.size(), all.rfind(')') + 1)));
  return {std::istream_iterator<std::string>(words), {}};
}

/// Of /proc/stat.
double boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;)
    if (double seconds = 0; word == "btime" && file >> seconds) return seconds;
  return 0;
}

}  // namespace

void write_process_metrics(std::string& out, std::string_view version) {
  out += "# HELP hull_build_info The version that runs.\n# TYPE hull_build_info gauge\nhull_build_info{version=\"";
  out.append(version).append("\"} 1\n");
  // Positions by proc(5), from the state (field 3) on.
  constexpr std::size_t user_ticks = 11, system_ticks = 12, start_ticks = 19, resident_pages = 21;
  const auto stat = read_stat();
  if (stat.size() <= resident_pages) return;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto number = [&](std::size_t at) { return std::stod(stat[at]); };
  sync::write_metric(out, "process_cpu_seconds_total", "counter", "Processor time used.",
                     (number(user_ticks) + number(system_ticks)) / ticks);
  sync::write_metric(out, "process_start_time_seconds", "gauge", "When the process started, since the Unix epoch.",
                     boot_time() + number(start_ticks) / ticks);
  sync::write_metric(out, "process_resident_memory_bytes", "gauge", "Memory in use.",
                     number(resident_pages) * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  std::error_code none;
  std::filesystem::directory_iterator files("/proc/self/fd", none);
  if (!none)
    sync::write_metric(out, "process_open_fds", "gauge", "Open file descriptors.",
                       static_cast<double>(std::distance(begin(files), end(files))));
}

}  // namespace hull::backend::http
